//! Who may speak: one session at a time, each number once and only forward (H-17, H-19, I12, I13).

use crate::canary::{self, Canary};
use crate::io::BootInfo;
use crate::timer::Held;

/// How a frame's number stands to the last one of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    New,
    Same,
    Older,
}

/// How a greeting stands to the one that began this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greeting {
    New,
    /// The same one once more.
    Repeated,
    /// One from before it, by the same host.
    Overtaken,
}

/// How much later than the quickest heartbeat one may seem each second, because clocks differ: 2 %.
const CLOCK_DRIFT_PER_MS: u32 = 50;

/// The one session that moves the table.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// 0 until the first greeting.
    id: u32,
    /// Sessions issued since the start.
    issued: u16,
    boot: BootInfo,
    /// Who greeted, and with which number.
    host_id: u32,
    greeting_seq: u16,
    last_seq: u16,
    /// Number of the last command that acted.
    accepted: u16,
    /// Commands that acted since the start.
    commands_accepted: u32,
    nonce: u32,
    armed: bool,
    /// Time since the host last showed that it lives; counts from the start.
    silent: Held,
    /// The host showed that it lives at least once since the start.
    seen: bool,
    /// Table clock less host clock at the quickest heartbeat, and how far the last one was behind.
    quickest: Option<u32>,
    late_ms: u32,
    /// Milliseconds not yet counted as clock drift.
    drift: u32,
}

impl Session {
    pub(crate) const fn new(boot: BootInfo) -> Self {
        Self {
            id: 0,
            issued: 0,
            boot,
            host_id: 0,
            greeting_seq: 0,
            last_seq: 0,
            accepted: 0,
            commands_accepted: 0,
            nonce: 0,
            armed: false,
            silent: Held::ZERO,
            seen: false,
            quickest: None,
            late_ms: 0,
            drift: 0,
        }
    }

    /// What a greeting of `host_id` with number `seq` is.
    pub(crate) fn greeting(&self, seq: u16, host_id: u32) -> Greeting {
        if self.id == 0 || host_id != self.host_id {
            return Greeting::New;
        }
        match seq.wrapping_sub(self.greeting_seq) {
            0 => Greeting::Repeated,
            1..=0x7fff => Greeting::New,
            0x8000..=u16::MAX => Greeting::Overtaken,
        }
    }

    /// Begins a new session with the greeting's number, disarmed.
    pub(crate) fn begin(&mut self, seq: u16, host_id: u32) {
        self.host_id = host_id;
        self.greeting_seq = seq;
        self.quickest = None;
        self.late_ms = 0;
        self.id = self.fresh_id();
        self.nonce = mix(self.boot.entropy ^ self.id);
        self.last_seq = seq;
        self.accepted = seq;
        self.armed = false;
    }

    /// Start count and greeting count make a number that no other session of this board has; the
    /// mixing is one-to-one, so that stays true, and hides the counting.
    fn fresh_id(&mut self) -> u32 {
        loop {
            self.issued = self.issued.wrapping_add(1);
            let [a, b] = self.boot.boot_count.to_le_bytes();
            let [c, d] = self.issued.to_le_bytes();
            let id = mix(u32::from_le_bytes([c, d, a, b]));
            if id != 0 {
                return id;
            }
        }
    }

    pub(crate) const fn id(&self) -> u32 {
        self.id
    }

    pub(crate) const fn nonce(&self) -> u32 {
        self.nonce
    }

    pub(crate) const fn accepted(&self) -> u16 {
        self.accepted
    }

    pub(crate) const fn armed(&self) -> bool {
        self.armed
    }

    pub(crate) fn arm(&mut self) {
        self.armed = true;
    }

    pub(crate) fn disarm(&mut self) {
        self.armed = false;
    }

    /// Whether a frame belongs to this session. Session 0 is nobody's.
    pub(crate) fn owns(&self, session: u32) -> bool {
        (session == self.id && session != 0) || canary::active(Canary::SessionUnchecked)
    }

    /// Where `seq` stands; a new one becomes the last.
    pub(crate) fn order(&mut self, seq: u16) -> Order {
        if canary::active(Canary::SequenceUnchecked) {
            return Order::New;
        }
        match seq.wrapping_sub(self.last_seq) {
            0 => Order::Same,
            1..=0x7fff => {
                self.last_seq = seq;
                Order::New
            }
            0x8000..=u16::MAX => Order::Older,
        }
    }

    /// Commands accepted since the start.
    pub(crate) const fn commands_accepted(&self) -> u32 {
        self.commands_accepted
    }

    pub(crate) fn accept(&mut self, seq: u16) {
        self.commands_accepted = self.commands_accepted.wrapping_add(1);
        self.accepted = seq;
    }

    /// The host showed that it lives.
    pub(crate) fn renew(&mut self) {
        self.silent = Held::ZERO;
        self.seen = true;
    }

    pub(crate) fn update(&mut self, dt_ms: u32) {
        self.silent.update(true, dt_ms);
        self.drift += dt_ms;
        if let Some(quickest) = &mut self.quickest {
            *quickest = quickest.wrapping_add(self.drift / CLOCK_DRIFT_PER_MS);
        }
        self.drift %= CLOCK_DRIFT_PER_MS;
    }

    /// Compares a heartbeat's two clocks: how much longer it was under way than the quickest one.
    pub(crate) fn time(&mut self, host_ms: u32, now_ms: u32) {
        let offset = now_ms.wrapping_sub(host_ms);
        let quickest = self.quickest.unwrap_or(offset);
        let behind = offset.wrapping_sub(quickest);
        // More than half the clock ahead means quicker than the quickest.
        if behind > u32::MAX / 2 {
            self.quickest = Some(offset);
            self.late_ms = 0;
        } else {
            self.quickest = Some(quickest);
            self.late_ms = behind;
        }
    }

    pub(crate) const fn late_ms(&self) -> u32 {
        self.late_ms
    }

    /// Whether the host showed that it lives less than `within_ms` ago.
    pub(crate) const fn present(&self, within_ms: u32) -> bool {
        self.seen && self.silent.ms() < within_ms
    }

    pub(crate) const fn seen(&self) -> bool {
        self.seen
    }

    pub(crate) const fn silent_ms(&self) -> u32 {
        self.silent.ms()
    }
}

/// A one-to-one scrambling of 32 bits (the finaliser of MurmurHash3).
const fn mix(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x85eb_ca6b);
    x ^= x >> 13;
    x = x.wrapping_mul(0xc2b2_ae35);
    x ^ x >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(boot_count: u16) -> Session {
        Session::new(BootInfo { boot_count, boots_last_minute: 1, entropy: 77 })
    }

    #[test]
    fn sessions_of_all_starts_differ() {
        let mut ids = std::collections::BTreeSet::new();
        for boot_count in 0..50 {
            let mut session = session(boot_count);
            for seq in 0..200 {
                session.begin(seq, 1);
                assert_ne!(session.id(), 0);
                assert!(ids.insert(session.id()), "{boot_count}/{seq}");
            }
        }
    }

    #[test]
    fn numbers_go_forward_only_and_wrap() {
        let mut session = session(1);
        session.begin(0xfffe, 1);
        assert_eq!(session.order(0xfffe), Order::Same);
        assert_eq!(session.order(0xfffd), Order::Older);
        assert_eq!(session.order(0x0001), Order::New);
        assert_eq!(session.order(0xffff), Order::Older, "overtaken");
        assert_eq!(session.order(0x8001), Order::Older, "half the numbers ahead");
        assert_eq!(session.order(0x8000), Order::New);
    }

    #[test]
    fn nobody_owns_session_zero() {
        let mut session = session(1);
        assert!(!session.owns(0));
        session.begin(0, 1);
        assert!(!session.owns(0));
        assert!(session.owns(session.id()));
        assert!(!session.owns(session.id() ^ 1));
    }

    #[test]
    fn presence_ends_at_its_length_and_needs_a_first_sign() {
        let mut session = session(1);
        assert!(!session.present(250));
        session.renew();
        session.update(249);
        assert!(session.present(250));
        session.update(1);
        assert!(!session.present(250));
    }

    #[test]
    fn a_repeated_greeting_is_the_same_and_an_overtaken_one_is_none() {
        let mut session = session(1);
        assert_eq!(session.greeting(5, 9), Greeting::New);
        session.begin(5, 9);
        assert_eq!(session.greeting(5, 9), Greeting::Repeated);
        assert_eq!(session.greeting(4, 9), Greeting::Overtaken);
        assert_eq!(session.greeting(6, 9), Greeting::New);
        assert_eq!(session.greeting(5, 8), Greeting::New);
    }

    #[test]
    fn a_heartbeat_is_as_late_as_it_lags_behind_the_quickest() {
        let mut session = session(1);
        session.begin(0, 1);
        session.time(u32::MAX - 5, 10);
        assert_eq!(session.late_ms(), 0);
        session.time(94, 110);
        assert_eq!(session.late_ms(), 0);
        session.time(94, 410);
        assert_eq!(session.late_ms(), 300);
        session.time(500, 510);
        assert_eq!(session.late_ms(), 0, "quicker");
        session.time(500, 516);
        assert_eq!(session.late_ms(), 6);
        session.update(49);
        session.time(500, 516);
        assert_eq!(session.late_ms(), 6);
        session.update(1);
        session.time(500, 516);
        assert_eq!(session.late_ms(), 5, "clocks may drift by two hundredths");
    }
}
