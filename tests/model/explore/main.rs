//! The protocol explored in every setting, and once without each of its rules.

mod protocol;
mod rules;

use std::collections::{HashMap, VecDeque};

use rats_model::{Protocol, Setting, World};
use stateright::{Checker, HasDiscoveries, Model, Path};

/// Explores everything; what always must hold does, and what is reached is `reached`, no more and no less.
fn holds(name: &str, setting: &Setting, reached: &[&str]) {
    let found = Protocol(setting.clone()).checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    tell(name, found.unique_state_count(), found.state_count());
    for property in found.model().properties() {
        let path = found.discovery(property.name).map(Path::into_actions);
        if property.expectation.discovery_is_failure() {
            assert_eq!(path, None, "{name}: it does not hold that {}", property.name);
        } else {
            assert_eq!(path.is_some(), reached.contains(&property.name), "{name}: {}", property.name);
        }
    }
}

/// Explores until `property` breaks (or, if it is a "sometimes", is reached), and shows how.
fn breaks(name: &str, setting: &Setting, property: &'static str) {
    let found =
        Protocol(setting.clone()).checker().finish_when(HasDiscoveries::AnyOf([property].into())).spawn_bfs().join();
    tell(name, found.unique_state_count(), found.state_count());
    let path = found.discovery(property).map(Path::into_actions);
    let path = path
        .unwrap_or_else(|| panic!("{name}: \"{property}\" does not break: the model is too weak, or a rule too many"));
    for (number, action) in path.iter().enumerate() {
        show(&format!("  {:2} {action:?}", number + 1));
    }
}

/// How many states there are, and from how many of them no path leads to `goal`.
fn dead_ends(setting: &Setting, goal: impl Fn(&World) -> bool) -> (usize, usize) {
    let model = Protocol(setting.clone());
    let mut known: HashMap<World, usize> = model.init_states().into_iter().map(|world| (world, 0)).collect();
    let mut before: Vec<Vec<usize>> = vec![vec![]];
    let mut ends: VecDeque<usize> = VecDeque::new();
    let mut open: VecDeque<World> = known.keys().copied().collect();
    while let Some(world) = open.pop_front() {
        let from = known[&world];
        if goal(&world) {
            ends.push_back(from);
        }
        for next in model.next_states(&world) {
            let to = *known.entry(next).or_insert_with(|| {
                open.push_back(next);
                before.push(vec![]);
                before.len() - 1
            });
            before[to].push(from);
        }
    }
    let mut leads = vec![false; before.len()];
    while let Some(to) = ends.pop_front() {
        if !std::mem::replace(&mut leads[to], true) {
            ends.extend(&before[to]);
        }
    }
    (leads.len(), leads.iter().filter(|leads| !**leads).count())
}

fn tell(name: &str, unique: usize, generated: usize) {
    show(&format!("{name}: {unique} states, reached in {generated} ways"));
}

#[expect(clippy::print_stdout, reason = "the numbers are part of what is proven; `--nocapture` shows them")]
fn show(line: &str) {
    println!("{line}");
}
