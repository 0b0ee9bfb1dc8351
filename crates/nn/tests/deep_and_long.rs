//! Nets of very many layers, one after the other and one inside the other: what must not take the
//! square of their number, nor overflow the stack. Each test has a minute; with a step for each pair
//! of layers it would take several.

use std::sync::{Arc, mpsc};

use autograd::Variable;
use nn::{Dropout, Forward, Identity, Layer, Linear, Module, ModuleList, Registry, Sequential, sequential};
use testing::{refusal, within_a_minute};

/// `Sequential(Sequential(…(Dropout)))`.
fn nested(depth: usize) -> Sequential {
    (0..depth).fold(sequential![Dropout::new(0.5)], |net, _| sequential![net])
}

#[test]
fn a_hundred_thousand_layers_are_added_walked_saved_and_built_again() {
    within_a_minute(|| {
        const N: usize = 100_000;
        let net: Sequential = (0..N).map(|_| Identity::new()).collect();
        assert_eq!(net.named_children()[N - 1].0, (N - 1).to_string());
        let mut named = Sequential::new();
        (0..N).for_each(|i| {
            named.push_named(format!("layer{i}"), Identity::new());
        });
        assert_eq!(named.len(), N);
        assert!(
            refusal(|| named.push_named("layer7", Identity::new())).contains("already a layer \"layer7\"")
        );
        assert_eq!(net.named_modules().len(), N + 1);
        let again = Registry::new().build(&net.architecture(), &net.state_dict()).expect("it is its own");
        assert_eq!(again.children().len(), N);
        let list: ModuleList = (0..N).map(|_| Identity::new()).collect();
        let again: ModuleList =
            Registry::new().build_as(&list.architecture(), &list.state_dict()).expect("it is its own");
        assert_eq!(again.len(), N);
    });
}

#[test]
fn shared_layers_are_found_again_however_many_there_are() {
    within_a_minute(|| {
        const N: usize = 50_000;
        let layers: Vec<Arc<dyn Layer>> =
            (0..N).map(|_| Arc::new(Identity::new()) as Arc<dyn Layer>).collect();
        let net: Sequential = layers.iter().chain(&layers).cloned().collect();
        let again = Registry::new().build(&net.architecture(), &net.state_dict()).expect("it is its own");
        assert_eq!(again.children().len(), N);
    });
}

#[test]
fn thirty_thousand_layers_with_parameters_load() {
    within_a_minute(|| {
        let net: Sequential = (0..30_000).map(|_| Linear::new(1, 1)).collect();
        let state = net.state_dict();
        assert_eq!(state.len(), 60_000);
        net.load_state_dict(&state).expect("it is its own");
        let again = Registry::new().build(&net.architecture(), &state).expect("it is its own");
        assert_eq!(again.parameters().len(), 60_000);
    });
}

#[test]
fn a_hundred_thousand_nested_modules_are_walked_and_dropped() {
    within_a_minute(|| {
        const DEPTH: usize = 100_000;
        let net = nested(DEPTH);
        net.eval();
        assert!(!net.is_training());
        net.train();
        assert!(net.is_training());
        assert_eq!(net.modules().len(), DEPTH + 2);
        assert!(net.parameters().is_empty() && net.buffers().is_empty());
        assert!(net.state_dict().is_empty());
        net.zero_grad();
        let mut visited = 0;
        net.apply(|_| visited += 1);
        assert_eq!(visited, DEPTH + 2);
        drop(net);
        let lists = (0..DEPTH).fold(Block { inner: ModuleList::new() }, |block, _| {
            let mut inner = ModuleList::new();
            inner.push(block);
            Block { inner }
        });
        drop(lists);
    });
}

/// A module that a list holds and that holds a list.
#[derive(Module)]
struct Block {
    inner: ModuleList,
}

impl Forward for Block {
    fn forward(&self, x: &Variable) -> Variable {
        self.inner.iter().fold(x.clone(), |x, layer| layer.forward(&x))
    }
}

#[test]
fn what_needs_the_stack_says_how_deep_it_goes() {
    within_a_minute(|| {
        let x = Variable::new(tensor::ones([1]));
        let most = nested(198); // 200 with the innermost list and its layer
        most.eval();
        assert_eq!(most.forward(&x).numel(), 1);
        assert_eq!(most.to_string().lines().count(), 2 * 199 + 1);
        assert_eq!(most.architecture().kind, "Sequential");
        let too_deep = nested(100_000);
        for refused in [
            refusal(|| too_deep.forward(&x)),
            refusal(|| too_deep.to_string()),
            refusal(|| too_deep.architecture()),
        ] {
            assert!(refused.ends_with("nested more than 200 deep"), "{refused}");
        }
    });
}

#[test]
fn layers_are_dropped_in_order_and_a_panic_among_them_leaves_the_next_net_whole() {
    struct Noisy(mpsc::Sender<usize>, usize);
    impl Drop for Noisy {
        fn drop(&mut self) {
            self.0.send(self.1).expect("the test listens");
            assert!(self.1 != 1 || std::thread::panicking(), "one fails");
        }
    }
    #[derive(Module)]
    struct Heard {
        #[module(skip)]
        _noisy: Option<Noisy>,
    }
    impl Forward for Heard {
        fn forward(&self, x: &Variable) -> Variable {
            x.clone()
        }
    }
    let (sender, heard) = mpsc::channel();
    let layer = |i| Heard { _noisy: Some(Noisy(sender.clone(), i)) };
    drop(sequential![layer(0), sequential![layer(2), layer(3)], layer(4)]);
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [0, 2, 3, 4]);
    let net = sequential![layer(0), layer(1), layer(2)];
    assert_eq!(refusal(|| drop(net)), "one fails");
    drop(sequential![layer(5), layer(6)]);
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [0, 1, 2, 5, 6]);
}
