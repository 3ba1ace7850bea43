//! The hosts at the socket. One has the session; another that greets gets it once the first is silent
//! or gone (H-19), so that whoever looks in disturbs nobody, and a host that hangs keeps no one from
//! bringing the person up. Anyone may say STOP; who has no session is not heard saying it for ever.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use antipode_link::{Decoder, Frame, Message};
use antipode_safety::{Millis, Timestamp};

use crate::line::{Heard, Line};
use crate::socket::Socket;

/// Most hosts at once; for a further one, whoever has been silent longest is shown out.
const MOST: usize = 8;
/// A host greets within this; whoever connects and says nothing only takes the place of another.
const GREETS: Millis = Millis::from_secs(2);
/// Most bytes taken from one host in one turn.
const BITE: usize = 1_024;
/// A host that has said nothing for so long does not drive anything: one that does speaks every 80 ms.
/// Less than the table waits before it comes up by itself.
const LIVES: Millis = Millis::from_secs(2);

/// A process without the session that has not said STOP for so long says it anew. One that repeats it
/// does so at least twice a second.
const QUIET: Millis = Millis::from_secs(5);

/// One connected program.
struct Client {
    socket: Socket,
    decoder: Decoder,
    /// Its process, where the system says.
    process: Option<i32>,
    /// When it came.
    since: Timestamp,
    /// It has said something that can be understood.
    spoke: bool,
    gone: bool,
}

/// Where a file is kept, and its number there.
type FileId = (u64, u64);

/// The listener and who has come.
pub(super) struct Clients {
    listener: UnixListener,
    path: PathBuf,
    /// The file that it made there. As long as it listens no other file has this number.
    file: FileId,
    clients: Vec<Client>,
    /// The last of the list has the session.
    talks: bool,
    /// When that one was last heard.
    heard: Timestamp,
    /// Processes that had the session before and lost it to another: they come back by themselves,
    /// and must not take it again while the other lives (H-19).
    displaced: Vec<i32>,
    stops: Stops,
}

/// The processes without the session that have said STOP of late, and when each last did.
///
/// A host repeats STOP until it sees that it is obeyed, and one without the session never sees that: each
/// copy would end the return that somebody who came to help holds (H-01). A STOP is never lost: where none
/// is in force every one counts, and of a row of them the first does in any case.
#[derive(Default)]
struct Stops(Vec<(i32, Timestamp)>);

impl Stops {
    /// Takes note of a STOP of `process`; whether it counts.
    fn count(&mut self, process: Option<i32>, now: Timestamp, latched: bool) -> bool {
        self.0.retain(|(_, at)| now.since(*at) < QUIET);
        // Where the system does not say whose it is, it is nobody's copy.
        let Some(process) = process else { return true };
        let known = self.0.iter_mut().find(|(of, _)| *of == process);
        let is_copy = known.is_some();
        match known {
            Some((_, at)) => *at = now,
            None => self.0.push((process, now)),
        }
        !latched || !is_copy
    }
}

impl Clients {
    /// Listens at `path`, whatever a guardian that died has left there: the lock is ours.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn listen(path: &Path) -> io::Result<Self> {
        let (listener, file) = bind(path)?;
        Ok(Self {
            listener,
            path: path.to_owned(),
            file,
            clients: Vec::new(),
            talks: false,
            heard: Timestamp::ZERO,
            displaced: Vec::new(),
            stops: Stops::default(),
        })
    }

    /// Whether whoever looks at the path of the socket finds this listener.
    pub(super) fn is_found(&self) -> bool {
        file_at(&self.path).is_ok_and(|found| found == self.file)
    }

    /// Listens at the path again, where somebody has taken the socket's file away. Whoever is connected
    /// stays so.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn listen_again(&mut self) -> io::Result<()> {
        (self.listener, self.file) = bind(&self.path)?;
        Ok(())
    }

    /// Whether anybody is connected.
    pub(super) fn any(&self) -> bool {
        !self.clients.is_empty()
    }

    /// The process of the host that has the session.
    pub(super) fn host(&self) -> Option<i32> {
        self.clients.last().filter(|_| self.talks)?.process
    }

    /// What becomes readable when there is something to do here.
    pub(super) fn incoming(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let listener = std::iter::once(self.listener.as_fd());
        listener.chain(self.clients.iter().map(|client| client.socket.incoming()))
    }

    /// Lets newcomers in and hands every frame that counts to `sink`; `latched` says whether a STOP is in
    /// force.
    pub(super) fn listen_to(&mut self, now: Timestamp, latched: bool, mut sink: impl FnMut(Frame)) {
        self.accept(now);
        let mut greeted = None;
        let (last, talks) = (self.clients.len().wrapping_sub(1), self.talks);
        let lives = talks && now.since(self.heard) < LIVES;
        for (index, client) in self.clients.iter_mut().enumerate() {
            let has_session = talks && index == last;
            let mut hello = false;
            let process = client.process;
            let shown_out = process.is_some_and(|process| self.displaced.contains(&process));
            let barred = !has_session && (lives || shown_out);
            let mut spoke = false;
            client.read(|frame| {
                spoke = true;
                if has_session {
                    self.heard = now;
                }
                let greets = matches!(frame.message, Message::Hello(_)) && !barred;
                hello |= greets;
                // Until it greets nobody has a session, but everybody has a STOP.
                let is_stop = matches!(frame.message, Message::Stop);
                if has_session || hello || (is_stop && self.stops.count(process, now, latched)) {
                    sink(frame);
                }
            });
            client.spoke |= spoke;
            client.gone |= !client.spoke && !has_session && now.since(client.since) >= GREETS;
            if hello && !has_session {
                greeted = Some(index);
            }
        }
        if let Some(index) = greeted {
            self.heard = now;
            self.give_session(index);
        }
        self.forget_gone();
    }

    /// A STOP may come from whoever connects, so nobody is left waiting at the door: where the table is
    /// full, the first who came and has not greeted leaves it, then the first of all. Never whoever has
    /// the session.
    fn accept(&mut self, now: Timestamp) {
        for _ in 0..MOST {
            let Ok((stream, _)) = self.listener.accept() else { return };
            if self.clients.len() >= MOST {
                self.make_room();
            }
            let process = rustix::net::sockopt::socket_peercred(&stream)
                .ok()
                .map(|peer| peer.pid.as_raw_nonzero().get());
            let Ok(socket) = Socket::new(stream) else { continue };
            let decoder = Decoder::new();
            let client = Client { socket, decoder, process, since: now, spoke: false, gone: false };
            // Before the one that has the session, which stays the last.
            let at = self.clients.len() - usize::from(self.talks);
            self.clients.insert(at, client);
        }
    }

    fn make_room(&mut self) {
        let others = self.clients.len() - usize::from(self.talks);
        let guests = self.clients.get(..others).unwrap_or_default();
        let first = |spoke| guests.iter().position(|one| !one.gone && one.spoke == spoke);
        // It is still read in this turn: what waits in its line may be a STOP.
        if let Some(leaves) = first(false).or_else(|| first(true))
            && let Some(client) = self.clients.get_mut(leaves)
        {
            client.gone = true;
        }
    }

    /// The host that had the session before is shown out: two cannot have one table.
    fn give_session(&mut self, index: usize) {
        let newest = self.clients.remove(index);
        if self.talks
            && let Some(old) = self.clients.last_mut()
        {
            old.gone = true;
            self.displaced.extend(old.process.filter(|_| old.process != newest.process));
        }
        self.talks = true;
        self.clients.push(newest);
    }

    /// Says `bytes` to the host that has the session, without ever waiting for it.
    pub(super) fn say(&mut self, bytes: &[u8]) {
        let talks = self.talks;
        if let Some(client) = self.clients.last_mut().filter(|_| talks && !bytes.is_empty()) {
            let wrote = rustix::io::write(client.socket.incoming(), bytes);
            // A part of a frame would garble the next one; a host that does not read is no host.
            client.gone |= wrote != Ok(bytes.len());
        }
        self.forget_gone();
    }

    fn forget_gone(&mut self) {
        if self.talks && self.clients.last().is_none_or(|client| client.gone) {
            self.talks = false;
            self.displaced.clear();
        }
        self.clients.retain(|client| !client.gone);
    }
}

/// A listener at `path`, in place of whatever is there, and the file that it made.
fn bind(path: &Path) -> io::Result<(UnixListener, FileId)> {
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(path)?;
    listener.set_nonblocking(true)?;
    Ok((listener, file_at(path)?))
}

fn file_at(path: &Path) -> io::Result<FileId> {
    let seen = std::fs::symlink_metadata(path)?;
    Ok((seen.dev(), seen.ino()))
}

impl Client {
    fn read(&mut self, sink: impl FnMut(Frame)) {
        let mut buffer = [0_u8; BITE];
        match self.socket.read(&mut buffer) {
            Heard::Bytes(count) => {
                self.decoder.feed(buffer.get(..count).unwrap_or_default(), sink);
            }
            Heard::Nothing => {}
            Heard::Gone => self.gone = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use antipode_link::{FrameBuf, Hello};

    use super::*;

    const fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(1_000 + ms)
    }

    fn frame(message: Message) -> Vec<u8> {
        let mut buffer = FrameBuf::new();
        Frame { seq: 1, session: 1, message }.encode(&mut buffer);
        buffer.as_bytes().to_vec()
    }

    /// A listener, a host that has the session, and seven more that say nothing.
    fn full() -> (tempfile::TempDir, Clients, UnixStream, Vec<UnixStream>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("socket");
        let mut clients = Clients::listen(&path).unwrap();
        let mut holder = UnixStream::connect(&path).unwrap();
        let hello = Message::Hello(Hello { proto_min: 1, proto_max: 1, host_id: 5 });
        holder.write_all(&frame(hello)).unwrap();
        clients.listen_to(at(0), false, |_| {});
        assert!(clients.talks);
        let silent = (1..MOST).map(|_| UnixStream::connect(&path).unwrap()).collect();
        clients.listen_to(at(0), false, |_| {});
        assert_eq!(clients.clients.len(), MOST);
        (dir, clients, holder, silent)
    }

    fn is_open(stream: &mut UnixStream) -> bool {
        stream.set_nonblocking(true).unwrap();
        matches!(stream.read(&mut [0; 8]), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    #[test]
    fn a_stop_from_a_ninth_is_heard_and_whoever_has_the_session_keeps_it() {
        let (dir, mut clients, mut holder, mut silent) = full();
        let mut kept = Vec::new();
        for _ in 0..3 * MOST {
            let mut ninth = UnixStream::connect(dir.path().join("socket")).unwrap();
            ninth.write_all(&frame(Message::Stop)).unwrap();
            let mut stops = 0;
            clients.listen_to(at(10), false, |frame| {
                stops += u32::from(frame.message == Message::Stop)
            });
            kept.push(ninth);
            assert_eq!(stops, 1);
            assert!(clients.talks && is_open(&mut holder) && clients.clients.len() <= MOST);
        }
        assert!(silent.iter_mut().all(|stream| !is_open(stream)), "they said nothing");
    }

    #[test]
    fn a_stop_that_waits_in_the_line_of_whoever_is_shown_out_is_heard() {
        let (dir, mut clients, _holder, mut silent) = full();
        silent[0].write_all(&frame(Message::Stop)).unwrap();
        let _ninth = UnixStream::connect(dir.path().join("socket")).unwrap();
        let mut stops = 0;
        clients
            .listen_to(at(10), false, |frame| stops += u32::from(frame.message == Message::Stop));
        assert_eq!(stops, 1);
    }

    #[test]
    fn who_has_not_greeted_within_two_seconds_is_let_go_and_a_silent_holder_is_not() {
        let (_dir, mut clients, mut holder, mut silent) = full();
        clients.listen_to(at(GREETS.get() - 1), false, |_| {});
        assert!(silent.iter_mut().all(is_open));
        clients.listen_to(at(GREETS.get()), false, |_| {});
        assert!(!silent.iter_mut().any(is_open));
        assert!(is_open(&mut holder) && clients.talks);
    }

    /// A host that lost the session to another while it hung, at a door of its own again; as a process of
    /// its own, which a test has to say.
    fn displaced() -> (tempfile::TempDir, Clients, [UnixStream; 2]) {
        let (dir, mut clients, holder, silent) = full();
        drop((holder, silent));
        clients.listen_to(at(0), false, |_| {});
        let mut helper = UnixStream::connect(dir.path().join("socket")).unwrap();
        let hello = Message::Hello(Hello { proto_min: 1, proto_max: 1, host_id: 6 });
        helper.write_all(&frame(hello)).unwrap();
        clients.listen_to(at(10), true, |_| {});
        let old = UnixStream::connect(dir.path().join("socket")).unwrap();
        clients.listen_to(at(10), true, |_| {});
        assert!(clients.talks && clients.clients.len() == 2);
        clients.clients[0].process = Some(1);
        (dir, clients, [helper, old])
    }

    fn stops_of(clients: &mut Clients, from: &mut UnixStream, ms: u64, latched: bool) -> u32 {
        from.write_all(&frame(Message::Stop)).unwrap();
        let mut stops = 0;
        clients.listen_to(at(ms), latched, |_| stops += 1);
        stops
    }

    #[test]
    fn a_host_without_the_session_that_repeats_stop_is_heard_once() {
        let (dir, mut clients, [mut helper, mut old]) = displaced();
        let heard: u32 =
            (0..20).map(|n| stops_of(&mut clients, &mut old, 20 + 520 * n, true)).sum();
        assert_eq!(heard, 1);
        // Through another connection it is no other process.
        let mut again = UnixStream::connect(dir.path().join("socket")).unwrap();
        clients.listen_to(at(10_000), true, |_| {});
        clients.clients[1].process = Some(1);
        assert_eq!(stops_of(&mut clients, &mut again, 10_020, true), 0);
        // Whoever has the session is heard every time.
        for n in 0..3 {
            assert_eq!(stops_of(&mut clients, &mut helper, 10_100 + n, true), 1);
        }
    }

    #[test]
    fn a_stop_that_finds_none_in_force_counts_and_so_does_one_after_a_pause() {
        let (_dir, mut clients, [_helper, mut old]) = displaced();
        assert_eq!(stops_of(&mut clients, &mut old, 20, true), 1);
        assert_eq!(stops_of(&mut clients, &mut old, 40, true), 0);
        assert_eq!(stops_of(&mut clients, &mut old, 60, false), 1, "none is in force");
        assert_eq!(stops_of(&mut clients, &mut old, 80, true), 0);
        assert_eq!(stops_of(&mut clients, &mut old, 80 + QUIET.get(), true), 1, "a new press");
    }
}
