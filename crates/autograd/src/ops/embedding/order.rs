//! The order in which torch adds up the gradients of a bag's rows.

/// From here on torch sorts by digits, which keeps equal rows in their order.
const BY_DIGITS: usize = 32_768;

/// The places of all rows, sorted by row, as torch's `sort` leaves them: it is the `std::sort` of C++, which
/// does not keep the order of equal rows. It halves what is longer than 16 around a median of three, as below,
/// and then inserts one by one, which moves no equal ones past each other. (Where halving fails too often, as
/// it does only for rows that were made for that, `std::sort` has a heap; here the order is then kept.)
pub(super) fn sorted(rows: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut places: Vec<(usize, usize)> = rows.enumerate().map(|(place, row)| (row, place)).collect();
    if places.len() < BY_DIGITS {
        let depth = 2 * places.len().checked_ilog2().unwrap_or(0);
        halve(&mut places, depth);
    }
    places.sort_by_key(|&(row, _)| row);
    places
}

/// Smaller rows to the front and larger ones to the back, down to pieces of 16.
fn halve(mut places: &mut [(usize, usize)], mut depth: u32) {
    while places.len() > 16 && depth > 0 {
        depth -= 1;
        let cut = partition(places);
        let (front, back) = places.split_at_mut(cut);
        halve(back, depth);
        places = front;
    }
}

/// Swaps from both ends around the median of the second, the middle and the last, which goes first.
fn partition(places: &mut [(usize, usize)]) -> usize {
    let (a, b, c) = (1, places.len() / 2, places.len() - 1);
    let less = |i: usize, j: usize| places[i].0 < places[j].0;
    let median = match (less(a, b), less(b, c), less(a, c)) {
        (true, true, _) | (false, false, false) => b,
        (true, false, true) | (false, true, false) => c,
        (true, false, false) | (false, _, true) => a,
    };
    places.swap(0, median);
    let pivot = places[0].0;
    let (mut front, mut back) = (1, places.len());
    loop {
        while places[front].0 < pivot {
            front += 1;
        }
        back -= 1;
        while pivot < places[back].0 {
            back -= 1;
        }
        if front >= back {
            return front;
        }
        places.swap(front, back);
        front += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right order: `torch.sort(torch.tensor([i * i % 5 for i in range(40)]))[1]`.
    #[test]
    fn equal_rows_stand_as_torch_leaves_them() {
        let order: Vec<usize> =
            sorted((0..40).map(|i| i * i % 5)).into_iter().map(|(_, place)| place).collect();
        assert_eq!(
            order,
            [
                0, 35, 15, 5, 20, 30, 10, 25, 19, 39, 21, 24, 26, 29, 31, 34, 36, 1, 16, 14, 11, 9, 4, 6, 28,
                38, 37, 2, 3, 33, 32, 7, 8, 17, 27, 12, 23, 22, 13, 18
            ]
        );
        let few: Vec<usize> = sorted([1, 0, 1, 0].into_iter()).into_iter().map(|(_, place)| place).collect();
        assert_eq!(few, [1, 3, 0, 2]);
    }
}
