use std::collections::HashSet;

/// The names of a [`Sequential`](crate::Sequential)'s layers, all different, in order. Most
/// are the layer's place; only the others are looked up in a set, so that adding one takes the
/// same time however many there are.
#[derive(Default)]
pub(crate) struct Names {
    list: Vec<String>,
    /// The names that are not their place.
    odd: HashSet<String>,
    /// No number from the length of the list up to this one is free.
    free: usize,
}

impl Names {
    pub(crate) fn as_slice(&self) -> &[String] {
        &self.list
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        let stands_at = |place: usize| self.list.get(place).is_some_and(|n| n == name);
        name.parse().is_ok_and(stands_at) || self.odd.contains(name)
    }

    /// Adds a name that is not there yet.
    pub(crate) fn push(&mut self, name: String) {
        if name != self.list.len().to_string() {
            self.odd.insert(name.clone());
        }
        self.list.push(name);
    }

    /// Adds the new layer's place as its name, or the next number that is free.
    pub(crate) fn push_number(&mut self) {
        let number = self.free_number();
        self.push(number);
    }

    /// Adds a number at `index`. If all names are their places, those after it move on.
    pub(crate) fn insert_number(&mut self, index: usize) {
        if self.odd.is_empty() {
            return self.push_number();
        }
        let number = self.free_number();
        let mut list = std::mem::take(&mut self.list);
        list.insert(index, number);
        *self = list.into_iter().collect();
    }

    fn free_number(&mut self) -> String {
        self.free = self.free.max(self.list.len());
        loop {
            let number = self.free.to_string();
            if !self.odd.contains(&number) {
                return number;
            }
            self.free += 1;
        }
    }
}

impl FromIterator<String> for Names {
    /// Of names that are all different.
    fn from_iter<I: IntoIterator<Item = String>>(list: I) -> Names {
        let mut names = Names::default();
        list.into_iter().for_each(|name| names.push(name));
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<const N: usize>(list: [&str; N]) -> Names {
        list.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_number_is_the_place_or_the_next_that_is_free() {
        let mut odd = names(["1", "in", "4", "5"]);
        odd.push_number();
        odd.push_number();
        assert_eq!(odd.as_slice(), ["1", "in", "4", "5", "6", "7"]);
        odd.insert_number(0);
        assert_eq!(odd.as_slice(), ["8", "1", "in", "4", "5", "6", "7"]);
        assert!(["1", "in", "8"].iter().all(|name| odd.contains(name)));
        assert!(["0", "01", "2", "9", ""].iter().all(|name| !odd.contains(name)));
    }

    #[test]
    fn names_that_are_places_move_on() {
        let mut even = names(["0", "1"]);
        even.insert_number(0);
        assert_eq!(even.as_slice(), ["0", "1", "2"]);
    }

    #[test]
    fn a_removed_prefix_leaves_names_that_are_not_their_places() {
        let mut cut = names(["0", "1", "2"]).as_slice()[1..].iter().cloned().collect::<Names>();
        cut.push_number();
        assert_eq!(cut.as_slice(), ["1", "2", "3"]);
        assert!(cut.contains("2") && !cut.contains("0"));
    }
}
