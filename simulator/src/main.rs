//! simulator
fn main() {
    let mut bad = 0;
    let n: u64 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(100);
    let begin = std::time::Instant::now();
    let mut steps = 0;
    for seed in 0..n {
        let outcome = simulator::play(seed, None, false);
        steps += outcome.steps;
        if let Some(v) = outcome.violation {
            bad += 1;
            if bad < 10 { println!("{seed}: {} {}", v.invariant, v.detail); }
        }
    }
    println!("{bad} of {n}, {steps} steps {:?}", begin.elapsed());
}
