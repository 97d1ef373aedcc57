//! The few statistics detectors need: tails, medians, false discovery control. All pure and deterministic.

/// The natural logarithm of the gamma function for `x` > 0 (Lanczos, g = 7, n = 9; relative error below 1e-13).
fn ln_gamma(x: f64) -> f64 {
    const C: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let t = x + 7.5;
    let sum = (C.iter().enumerate().skip(1)).fold(C[0], |sum, (i, c)| sum + c / (x + i as f64));
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// The chance of `count` or more events where `expected` are expected (Poisson upper tail).
pub fn poisson_tail(count: u64, expected: f64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    if expected <= 0.0 {
        return 0.0;
    }
    let k = count as f64;
    if k <= expected {
        return 1.0;
    }
    let mut term = (k * expected.ln() - expected - ln_gamma(k + 1.0)).exp();
    let mut sum = 0.0;
    let mut next = k;
    for _ in 0..10_000 {
        sum += term;
        next += 1.0;
        term *= expected / next;
        if term < sum * 1e-12 {
            break;
        }
    }
    sum.min(1.0)
}

/// The chance of `hits` or more successes in `n` trials of probability `p` (binomial upper tail).
pub fn binomial_tail(hits: u64, n: u64, p: f64) -> f64 {
    if hits == 0 {
        return 1.0;
    }
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let choose =
        |k: f64| ln_gamma(n as f64 + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n as f64 - k + 1.0);
    let sum: f64 = (hits..=n)
        .map(|k| (choose(k as f64) + k as f64 * p.ln() + (n - k) as f64 * (1.0 - p).ln()).exp())
        .sum();
    sum.min(1.0)
}

/// The median; 0 for nothing. Sorts `values`.
pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value below which `share` of the values lie (nearest rank; the mean of two in the middle); 0 for nothing.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    match n {
        0 => 0.0,
        _ if share == 0.5 && n.is_multiple_of(2) => (values[n / 2 - 1] + values[n / 2]) / 2.0,
        _ => values[((n - 1) as f64 * share).round() as usize],
    }
}

/// The median distance from the median. Sorts `values`.
pub fn mad(values: &mut [f64]) -> f64 {
    let middle = median(values);
    let mut distance: Vec<f64> = values.iter().map(|v| (v - middle).abs()).collect();
    median(&mut distance)
}

/// Which of `p` (of `tests` tests made in all, the others being worse) are discoveries at false discovery rate `rate`
/// (Benjamini and Hochberg 1995).
pub fn discoveries(p: &[f64], tests: usize, rate: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let last = (order.iter().enumerate())
        .rfind(|(rank, i)| p[**i] <= (rank + 1) as f64 / tests.max(1) as f64 * rate)
        .map_or(0, |(rank, _)| rank + 1);
    let mut kept = vec![false; p.len()];
    order[..last].iter().for_each(|&i| kept[i] = true);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_agree_with_tables() {
        assert!((poisson_tail(5, 1.0) - 0.003_659_846_827).abs() < 1e-9);
        assert!((poisson_tail(1, 0.5) - (1.0 - (-0.5f64).exp())).abs() < 1e-9);
        assert!((binomial_tail(3, 5, 0.2) - 0.057_92).abs() < 1e-9);
        assert_eq!(poisson_tail(0, 3.0), 1.0);
        assert!(poisson_tail(1_000_000, 10.0) < 1e-100);
    }

    #[test]
    fn the_middle_is_the_middle() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(mad(&mut [1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0]), 1.0);
        assert_eq!(quantile(&mut [1.0, 2.0, 3.0, 4.0, 100.0], 0.95), 100.0);
    }

    #[test]
    fn false_discoveries_are_bounded_as_in_the_paper() {
        // The example of Benjamini and Hochberg's paper, section 4: 15 p-values, rate 0.05, four rejected.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        assert_eq!(discoveries(&p, 15, 0.05).iter().filter(|k| **k).count(), 4);
    }
}
