fn main() {
    let subject = baton_bench_contracts::Subject::from_args().unwrap();
    let contract = subject.contract().unwrap();
    let what = std::env::args().nth(3).unwrap();
    let value = asl::json::parse(&subject.text, asl::JsonLimits::PAYLOAD).unwrap();
    let start = std::time::Instant::now();
    for _ in 0..500_000 {
        if what == "check" {
            assert!(contract.check(std::hint::black_box(&value)).is_ok());
        } else {
            std::hint::black_box(contract.read(std::hint::black_box(&subject.text), asl::JsonLimits::PAYLOAD).unwrap());
        }
    }
    println!("{what} {:.3}", start.elapsed().as_secs_f64() * 2.0);
}
