//! One step of the person's life: the body, what it feels, and what the hands do about it.

use super::acts::{Act, Answer, Button, CheckIn};
use super::symptoms::Causes;
use super::{AnkleSetting, Faint, Pending, VirtualPerson, circulation, spine};

/// Symptoms from this strength on make the person press RETURN, and from that EASIER.
const WANTS_UP: f64 = 6.0;
const WANTS_EASIER: f64 = 4.0;
/// Fall of mean pressure from which a faint becomes likely, in mmHg.
const PRESYNCOPE_MMHG: f64 = 20.0;

impl VirtualPerson {
    /// One step of the body.
    pub(super) fn live(&mut self) {
        self.circulation.step(self.tilt_deg, self.faint.is_some());
        if self.spine_due_ms <= self.now_ms {
            self.spine_due_ms += spine::STEP_MS;
            self.spine.step(self.tilt_deg);
            self.feel();
        }
        self.faint_or_come_round();
    }

    /// Symptoms begin, and the hands answer to them.
    fn feel(&mut self) {
        if self.ankle == AnkleSetting::Loose && self.tilt_deg > 15.0 {
            self.heels_moved = true;
        }
        let causes = Causes {
            dip_mmhg: self.circulation.dip_mmhg(),
            head_excess_mmhg: self.circulation.head_excess_mmhg(),
            eye_mmhg: self.circulation.eye_mmhg(),
            ankle_share: self.spine.ankle_share(),
            rate_deg_per_s: self.rate_deg_per_s,
            pull_share: f64::from(self.spine.unloading().mid_n) / self.weight_n,
            tilt_deg: self.tilt_deg,
            ankle: self.ankle,
        };
        let (now_ms, awake) = (self.now_ms, self.faint.is_none());
        let (acts, hands) = (&mut self.acts, &mut self.hands);
        self.symptoms.step(spine::STEP_MS as f64 / 1_000.0, &causes, |symptom, strength| {
            if !awake {
                return;
            }
            acts.add(now_ms, Act::Feels { symptom, strength });
            let button = if f64::from(strength) >= WANTS_UP {
                Button::Return
            } else if f64::from(strength) >= WANTS_EASIER {
                Button::Easier
            } else {
                return;
            };
            let from_ms = now_ms + hands.reaction_ms();
            // With the hands full something is being pressed already.
            hands.plan(button, from_ms, 300);
        });
    }

    fn faint_or_come_round(&mut self) {
        match &mut self.faint {
            None => {
                // Rare at any time; likely when the pressure falls far (vasovagal).
                let excess = (self.circulation.dip_mmhg() - PRESYNCOPE_MMHG).max(0.0);
                self.faint_needed -= (2e-8 + 0.01 * excess) * circulation::STEP_MS as f64 / 1_000.0;
                if self.faint_needed <= 0.0 {
                    self.faint_needed = self.answers.waiting();
                    self.start_faint(5_000);
                }
            }
            Some(faint) => {
                // Level or head-down blood comes back to the head; head-up it does not.
                if self.tilt_deg > -20.0 {
                    faint.level_ms = faint.level_ms.saturating_sub(circulation::STEP_MS);
                }
                if faint.level_ms == 0 && self.now_ms >= faint.until_ms {
                    self.faint = None;
                    self.acts.add(self.now_ms, Act::ComesRound);
                }
            }
        }
    }

    fn start_faint(&mut self, for_ms: u64) {
        let level_ms = self.answers.between(8_000.0, 25_000.0) as u64;
        self.faint = Some(Faint { until_ms: self.now_ms.saturating_add(for_ms), level_ms });
        self.acts.add(self.now_ms, Act::Faints);
        self.hands.drop_all(self.now_ms, &mut self.acts);
        self.pending = None;
    }

    /// Hands and answers that are due.
    pub(super) fn behave(&mut self) {
        if let Some((at_ms, for_ms)) = self.planned_faint
            && at_ms <= self.now_ms
        {
            self.planned_faint = None;
            self.start_faint(for_ms);
        }
        if self.faint.is_some() {
            return;
        }
        if let Some(pending) = self.pending
            && pending.at_ms <= self.now_ms
        {
            self.pending = None;
            self.answer(pending);
        }
        if self.hands.next_ms() <= self.now_ms {
            self.hands.act(self.now_ms, &mut self.acts);
        }
    }

    fn answer(&mut self, pending: Pending) {
        let answer = match pending.check_in {
            CheckIn::AllWell => {
                let worst = self.symptoms.worst();
                let button = if worst >= WANTS_UP {
                    Button::Return
                } else if worst >= WANTS_EASIER - 1.0 {
                    Button::Easier
                } else {
                    Button::Ok
                };
                // With the hands full a press is under way, which counts as an answer too.
                self.hands.plan(button, pending.at_ms, 250);
                return;
            }
            CheckIn::Comfort => Answer::Comfort(self.comfort()),
            CheckIn::HeelsMoved if self.heels_moved => Answer::Yes,
            CheckIn::HeelsMoved => Answer::No,
        };
        self.acts.add(pending.at_ms, Act::Says(answer));
    }
}
