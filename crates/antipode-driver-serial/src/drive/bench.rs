//! A drive in virtual time against a peer of a test.

use antipode_device::{
    Counter, Dialect, DriveModel, LineSettings, Parity, Proof, Rates, Rescue, StopBits, Stroke,
    StrokePoint,
};
use antipode_guardian::{Drive, Order};
use antipode_safety::{Angle, Millis, Rate, Timestamp};

/// The other end of the line.
pub(super) trait Peer {
    /// Takes what the host wrote in one piece, and gives what it says and how long it takes for it.
    fn hear(&mut self, now: Timestamp, bytes: &[u8]) -> Vec<(Millis, Vec<u8>)>;
}

/// A model around a dialect.
pub(super) fn model(dialect: Dialect) -> DriveModel {
    let point = |at, tilt| StrokePoint { at, tilt: Angle::clamped(tilt) };
    DriveModel {
        name: "test".into(),
        title: "Test".into(),
        figures_from: "this test".into(),
        proof: Proof::UnverifiedOnHardware,
        rescue: Rescue::Crank,
        returns_without_host: true,
        self_locking: true,
        latch_sensors: 2,
        second_angle: false,
        hand_control: true,
        rates: Rates::Fixed(Rate::clamped(1_000)),
        travel: [Angle::clamped(-20_000), Angle::clamped(20_000)],
        lease: Millis::new(250),
        drive_timeout: Millis::new(500),
        stop_decel: 4_000,
        report_every: Millis::new(50),
        current_limit_ma: Some(5_000),
        supply_low_mv: None,
        mains_lost_mv: None,
        stroke: Stroke::new(vec![point(200_000, -20_000), point(360_000, 20_000)]).unwrap(),
        line: LineSettings { baud: 115_200, parity: Parity::None, stop_bits: StopBits::One },
        dialect,
    }
}

/// What the counts of a test's drive start from.
pub(super) const COUNTER: Counter = Counter::Absolute;

/// A drive and its peer, one millisecond after another.
pub(super) struct Bench<D, P> {
    pub(super) drive: D,
    pub(super) peer: P,
    pub(super) now: Timestamp,
    pub(super) on_the_way: Vec<(Timestamp, Vec<u8>)>,
    /// Everything that the host wrote, with its time.
    pub(super) wrote: Vec<(Timestamp, Vec<u8>)>,
}

impl<D: Drive, P: Peer> Bench<D, P> {
    pub(super) fn new(drive: D, peer: P) -> Self {
        let now = Timestamp::from_millis(1_000);
        Self { drive, peer, now, on_the_way: Vec::new(), wrote: Vec::new() }
    }

    fn carry(&mut self, out: Vec<u8>) {
        if out.is_empty() {
            return;
        }
        for (after, said) in self.peer.hear(self.now, &out) {
            self.on_the_way.push((self.now.plus(after), said));
        }
        self.wrote.push((self.now, out));
    }

    /// Lets `ms` milliseconds pass, with `order` said every ten of them.
    pub(super) fn run(&mut self, ms: u64, order: Option<Order>) {
        for step in 0..ms {
            self.now = self.now.plus(Millis::new(1));
            let (due, later) = std::mem::take(&mut self.on_the_way)
                .into_iter()
                .partition::<Vec<_>, _>(|(at, _)| *at <= self.now);
            self.on_the_way = later;
            for (_, bytes) in due {
                self.drive.receive(self.now, &bytes);
            }
            if let Some(order) = order.filter(|_| step % 10 == 0) {
                self.order(order);
            }
            if self.now >= self.drive.next_poll() {
                let mut out = Vec::new();
                self.drive.poll(self.now, &mut out);
                self.carry(out);
            }
        }
    }

    pub(super) fn order(&mut self, order: Order) {
        let mut out = Vec::new();
        self.drive.order(self.now, order, &mut out);
        self.carry(out);
    }

    pub(super) fn forget(&mut self) {
        let mut out = Vec::new();
        self.drive.forget_faults(self.now, &mut out);
        self.carry(out);
    }

    /// What the host wrote from `since` on.
    pub(super) fn wrote_since(&self, since: Timestamp) -> Vec<Vec<u8>> {
        let late = self.wrote.iter().filter(|(at, _)| *at >= since);
        late.map(|(_, bytes)| bytes.clone()).collect()
    }
}
