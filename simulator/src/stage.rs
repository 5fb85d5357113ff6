//! One run's cast: which process stands on which ports, and how clients reach them.

use std::{panic::AssertUnwindSafe, sync::Arc};

use engine::policy::Policy;
use futures::{FutureExt, channel::oneshot};

use crate::{
    network::Network,
    ports::Ports,
    variants::Variant,
    world::{ProcessId, Shared},
};

/// What all processes of a run have in common.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) world: Shared,
    pub(crate) policy: Arc<Policy>,
    pub(crate) variant: Option<Variant>,
    pub(crate) clients: ProcessId,
    pub(crate) submit: ProcessId,
    pub(crate) socket: ProcessId,
}

impl Stage {
    pub(crate) fn network(&self, process: ProcessId) -> Network {
        Network {
            world: self.world.clone(),
            process,
        }
    }

    /// The ports of a process, broken if the run is about a broken variant.
    pub(crate) fn ports(&self, process: ProcessId) -> Ports {
        let network = self.network(process);
        let ports = Ports::new(&network, &self.policy);
        match self.variant {
            Some(variant) => variant.applied(ports, &network),
            None => ports,
        }
    }

    /// Asks a process to do something. The answer is lost when the process dies or panics over it.
    pub(crate) fn ask<T, F>(
        &self,
        process: ProcessId,
        request: impl FnOnce(Ports) -> F,
    ) -> oneshot::Receiver<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let (answer, receiver) = oneshot::channel();
        let request = request(self.ports(process));
        let serve = async move {
            if let Ok(result) = AssertUnwindSafe(request).catch_unwind().await {
                // Nobody listens any more: as after a closed connection.
                let _ = answer.send(result);
            }
        };
        self.world.lock().spawn(process, serve.boxed());
        receiver
    }
}
