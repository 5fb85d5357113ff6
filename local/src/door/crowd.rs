//! Who is connected, and who has to make room.
//!
//! A connection is *coming* until a whole request has arrived, and again when its answer is given.
//! When all seats are taken, the connection that has been coming for longest makes room: a client
//! that says something is never kept out by those that say nothing.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, oneshot};

/// All connections.
pub(super) struct Crowd {
    most: usize,
    /// The most that come from one address of another machine.
    most_of_one: usize,
    state: Mutex<State>,
    /// Somebody has left.
    left: Notify,
}

#[derive(Default)]
struct State {
    /// Counts arrivals and answers: who has the lower number has been coming for longer.
    moment: u64,
    seats: HashMap<u64, Entry>,
    /// Ids of the connections that are coming, by the moment since when they are.
    coming: BTreeMap<u64, u64>,
    of_one: HashMap<IpAddr, usize>,
}

struct Entry {
    client: IpAddr,
    since: Option<u64>,
    leave: Option<oneshot::Sender<()>>,
}

/// A connection's place. Whoever holds it is counted.
pub(super) struct Seat {
    crowd: Arc<Crowd>,
    id: u64,
}

/// How somebody got a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seated {
    /// There was room.
    Freely,
    /// Another one was told to leave.
    ForAnother,
}

impl Crowd {
    /// Room for so many; from one address for half of them.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            most_of_one: most.div_ceil(2),
            state: Mutex::default(),
            left: Notify::new(),
        })
    }

    /// A seat, and what tells its holder to leave. `None` when everybody who is here is being
    /// served.
    pub(super) fn seat(
        self: &Arc<Self>,
        client: IpAddr,
    ) -> Option<(Arc<Seat>, oneshot::Receiver<()>, Seated)> {
        let mut state = self.lock();
        let mut seated = Seated::Freely;
        let of_one = state.of_one.get(&client).copied().unwrap_or_default();
        // On this machine everybody has the same address.
        let too_many = !client.to_canonical().is_loopback() && of_one >= self.most_of_one;
        if too_many || state.seats.len() >= self.most {
            state.displace(too_many.then_some(client))?;
            seated = Seated::ForAnother;
        }
        let (leave, told) = oneshot::channel();
        let id = state.tick();
        state.coming.insert(id, id);
        *state.of_one.entry(client).or_default() += 1;
        let entry = Entry {
            client,
            since: Some(id),
            leave: Some(leave),
        };
        state.seats.insert(id, entry);
        let crowd = Arc::clone(self);
        Some((Arc::new(Seat { crowd, id }), told, seated))
    }

    /// Waits until those who were told to leave have left, a few excepted.
    pub(super) async fn settled(&self) {
        const LEAVING: usize = 32;
        loop {
            let left = self.left.notified();
            if self.lock().seats.len() <= self.most + LEAVING {
                return;
            }
            left.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tick(&mut self) -> u64 {
        self.moment += 1;
        self.moment
    }

    /// Tells the one that has been coming for longest, of this client or of all, to leave. One that
    /// does not listen (it is leaving by itself, or has become a socket) makes no room: the next.
    fn displace(&mut self, client: Option<IpAddr>) -> Option<()> {
        loop {
            let is_its = |id: &u64| {
                let entry = self.seats.get(id);
                client.is_none_or(|client| entry.is_some_and(|one| one.client == client))
            };
            let (&since, &id) = self.coming.iter().find(|(_, id)| is_its(id))?;
            self.coming.remove(&since);
            let entry = self.seats.get_mut(&id)?;
            entry.since = None;
            if entry
                .leave
                .take()
                .is_some_and(|leave| leave.send(()).is_ok())
            {
                return Some(());
            }
        }
    }
}

impl Seat {
    /// A whole request has arrived: its sender is served, whoever else comes.
    pub(super) fn served(&self) {
        let mut state = self.crowd.lock();
        let entry = state.seats.get_mut(&self.id);
        if let Some(since) = entry.and_then(|entry| entry.since.take()) {
            state.coming.remove(&since);
        }
    }

    /// The answer is given; what follows is a new request.
    pub(super) fn answered(&self) {
        let mut state = self.crowd.lock();
        let moment = state.tick();
        let Some(entry) = state.seats.get_mut(&self.id) else {
            return;
        };
        if entry.leave.is_none() {
            return; // it was told to leave
        }
        if let Some(since) = entry.since.replace(moment) {
            state.coming.remove(&since);
        }
        state.coming.insert(moment, self.id);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.crowd.lock();
        let Some(entry) = state.seats.remove(&self.id) else {
            return;
        };
        if let Some(since) = entry.since {
            state.coming.remove(&since);
        }
        if let Some(count) = state.of_one.get_mut(&entry.client) {
            *count -= 1;
            if *count == 0 {
                state.of_one.remove(&entry.client);
            }
        }
        drop(state);
        self.crowd.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

    #[test]
    fn whoever_has_said_nothing_for_longest_makes_room() {
        let crowd = Crowd::new(2);
        let (first, mut first_told, _) = crowd.seat(HERE).expect("room");
        let (_second, mut second_told, _) = crowd.seat(HERE).expect("room");
        first.served();
        first.answered(); // so now the second has been silent for longer
        let (_third, _told, seated) = crowd.seat(HERE).expect("room is made");
        assert_eq!(seated, Seated::ForAnother);
        assert!(second_told.try_recv().is_ok());
        assert!(first_told.try_recv().is_err());
    }

    #[test]
    fn whoever_does_not_listen_makes_no_room_and_the_next_does() {
        let crowd = Crowd::new(2);
        let (_socket, told, _) = crowd.seat(HERE).expect("room");
        drop(told); // as of a connection that has become a socket
        let (_second, mut second_told, _) = crowd.seat(HERE).expect("room");
        let (_third, told, _) = crowd.seat(HERE).expect("room is made");
        assert!(second_told.try_recv().is_ok());
        drop(told);
        assert!(crowd.seat(HERE).is_none(), "nobody is left who could go");
    }

    #[test]
    fn whoever_is_served_stays() {
        let crowd = Crowd::new(2);
        let (first, mut told, _) = crowd.seat(HERE).expect("room");
        let (second, _told, _) = crowd.seat(HERE).expect("room");
        first.served();
        second.served();
        assert!(crowd.seat(HERE).is_none());
        assert!(told.try_recv().is_err());
        drop(second);
        assert!(crowd.seat(HERE).is_some());
    }

    #[test]
    fn one_address_of_another_machine_takes_half_at_the_most() {
        let crowd = Crowd::new(4);
        let (_other, mut other_told, _) = crowd.seat(HERE).expect("room");
        let (_first, mut first_told, _) = crowd.seat(THERE).expect("room");
        let (_second, _told, _) = crowd.seat(THERE).expect("room");
        let (_third, _told, seated) = crowd.seat(THERE).expect("room is made");
        assert_eq!(seated, Seated::ForAnother);
        assert!(first_told.try_recv().is_ok());
        assert!(other_told.try_recv().is_err());
    }
}
