//! Shared by [`ModuleDict`](crate::ModuleDict) and [`ParameterDict`](crate::ParameterDict): parts under
//! names, in the order in which the names came.

use std::collections::HashMap;

/// Parts under names, in order.
#[derive(Clone)]
pub(super) struct Dict<T> {
    pub(super) entries: Vec<(String, T)>,
    /// Where each name stands in `entries`. Never iterated, so no order comes from it.
    position: HashMap<String, usize>,
}

impl<T> Default for Dict<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), position: HashMap::new() }
    }
}

impl<T> Dict<T> {
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.position.get(name).map(|&i| &self.entries[i].1)
    }

    /// Adds a part at the end, or replaces the one of the same name where it stands.
    pub(super) fn insert(&mut self, name: String, part: T) -> Option<T> {
        if let Some(&i) = self.position.get(&name) {
            return Some(std::mem::replace(&mut self.entries[i].1, part));
        }
        self.position.insert(name.clone(), self.entries.len());
        self.entries.push((name, part));
        None
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<T> {
        let i = self.position.remove(name)?;
        self.position.values_mut().filter(|at| **at > i).for_each(|at| *at -= 1);
        Some(self.entries.remove(i).1)
    }
}

/// What the two have in common, where `$Part` is what is held and `$seen` how it is lent.
macro_rules! dict {
    ($Dict:ident of $what:literal: $Part:ty, lent as $seen:ty, by $lend:path, made by $into:ident of $Into:path) => {
        impl $Dict {
            #[doc = concat!("No ", $what, "s yet.")]
            pub fn new() -> Self {
                Self::default()
            }

            #[doc = concat!("How many ", $what, "s there are.")]
            pub fn len(&self) -> usize {
                self.parts.entries.len()
            }

            /// Whether there are none.
            pub fn is_empty(&self) -> bool {
                self.parts.entries.is_empty()
            }

            #[doc = concat!("Whether there is a ", $what, " of this name.")]
            pub fn contains_key(&self, name: &str) -> bool {
                self.parts.get(name).is_some()
            }

            #[doc = concat!(
                "Adds a ", $what, " at the end, or puts it where the one of its name is, which comes back.\n\n\
                 # Panics\nIf the name is empty or contains a dot."
            )]
            #[track_caller]
            pub fn insert(&mut self, name: impl Into<String>, part: impl $Into) -> Option<$Part> {
                let name = name.into();
                assert!(
                    super::sequential::is_name(&name),
                    concat!(stringify!($Dict), ": \"{}\" is empty or contains a dot"),
                    name
                );
                self.parts.insert(name, part.$into())
            }

            #[doc = concat!("Takes a ", $what, " out, as torch's `pop`; the others keep their order.")]
            pub fn remove(&mut self, name: &str) -> Option<$Part> {
                self.parts.remove(name)
            }

            /// The names, in order.
            pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator {
                self.parts.entries.iter().map(|(name, _)| name.as_str())
            }

            /// Names and parts, in order, as torch's `items()`.
            pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &$seen)> + DoubleEndedIterator {
                self.parts.entries.iter().map(|(name, part)| (name.as_str(), $lend(part)))
            }

            fn members_of(&self) -> $crate::Members<'_> {
                let mut members = $crate::Members::new();
                for (name, part) in &self.parts.entries {
                    members.add(name, part);
                }
                members.add("training", &self.training);
                members
            }

            fn build_of<'a>(
                builder: &mut $crate::Builder<'a>,
                names: impl Iterator<Item = &'a str>,
            ) -> Result<Self, $crate::Error> {
                builder.expect_kind::<Self>()?;
                let mut parts = super::dict::Dict::default();
                for name in names {
                    if !super::sequential::is_name(name) || parts.insert(name.to_owned(), builder.field(name)?).is_some() {
                        return Err(builder.error(format!("\"{name}\" cannot be the name of a part, or is so twice")));
                    }
                }
                Ok(Self { parts, training: builder.field("training")? })
            }
        }

        impl std::ops::Index<&str> for $Dict {
            #[doc = concat!("The ", $what, " by its handle: a clone of it, put elsewhere, is the same one.")]
            type Output = $Part;

            #[track_caller]
            fn index(&self, name: &str) -> &$Part {
                match self.parts.get(name) {
                    Some(part) => part,
                    None => panic!(
                        concat!("no \"{}\" in the ", stringify!($Dict), "; it has {:?}"),
                        name,
                        self.keys().collect::<Vec<_>>()
                    ),
                }
            }
        }

        impl<N: Into<String>, P: $Into> FromIterator<(N, P)> for $Dict {
            fn from_iter<I: IntoIterator<Item = (N, P)>>(parts: I) -> Self {
                let mut dict = Self::new();
                dict.extend(parts);
                dict
            }
        }

        impl<N: Into<String>, P: $Into> Extend<(N, P)> for $Dict {
            fn extend<I: IntoIterator<Item = (N, P)>>(&mut self, parts: I) {
                for (name, part) in parts {
                    self.insert(name, part);
                }
            }
        }

        impl std::fmt::Display for $Dict {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.repr())
            }
        }

        impl std::fmt::Debug for $Dict {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.repr())
            }
        }
    };
}
pub(super) use dict;
