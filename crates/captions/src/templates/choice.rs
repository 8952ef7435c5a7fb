//! Which of several texts an event gets.

/// The place among `count` of the text for `id` at `variant`: the same for the same, the next one for the next variant.
///
/// `salt` makes the choices for one event independent of each other.
pub(super) fn choose(id: &str, salt: &str, variant: u32, count: usize) -> usize {
    let count = count.max(1) as u64;
    let place = (hash(id, salt) % count + u64::from(variant)) % count;
    usize::try_from(place).unwrap_or_default()
}

/// FNV-1a: it must give the same on every machine and in every version, which the standard library's hasher does not promise.
fn hash(id: &str, salt: &str) -> u64 {
    let hash = salt
        .bytes()
        .chain([0])
        .chain(id.bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // Its low bits alone hardly mix; the high half is folded in.
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn the_choice_never_changes() {
        assert_eq!(
            choose("652f8ae19bdb6d5a0e9b1c23", "message", 0, 5),
            choose("652f8ae19bdb6d5a0e9b1c23", "message", 5, 5)
        );
        assert_eq!(choose("", "", 0, 0), 0);
    }

    #[test]
    fn the_next_variant_is_another_one() {
        for variant in [0, 1, 2, 3, 4, 1_000, u32::MAX - 1] {
            assert_ne!(choose("e", "plan", variant, 3), choose("e", "plan", variant + 1, 3));
        }
    }

    #[test]
    fn events_spread_over_all_texts() {
        let mut counts = [0_u32; 4];
        for id in 0..4_000 {
            counts[choose(&format!("{id:024x}"), "message", 0, 4)] += 1;
        }
        assert!(counts.iter().all(|count| (800..1_200).contains(count)), "{counts:?}");
    }
}
