//! What a benchmark works with, and how much it measures.

use std::{path::PathBuf, rc::Rc, time::Duration};

use tokio::{
    sync::OnceCell,
    time::{sleep, timeout},
};

use super::history::Filled;
use crate::{
    Outcome,
    engine::{Engine, Environment},
    programs::Programs,
    site::Site,
};

/// The ground of a benchmark: the programs of one build, and where they run.
pub(crate) struct Bench {
    pub(crate) programs: Programs,
    pub(crate) scale: Scale,
    pub(crate) site: Rc<Site>,
    /// Which of two builds this is; none when only one is measured.
    pub(crate) build: Option<&'static str>,
    /// Whether the yardsticks are measured as well.
    pub(crate) yardsticks: bool,
    pub(super) history: OnceCell<Filled>,
}

/// How long a build may take to create its tables.
const PATIENCE: Duration = Duration::from_secs(20);

impl Bench {
    /// For one build alone, or for one of two.
    pub(crate) fn new(
        build: Option<&'static str>,
        programs: Programs,
        scale: Scale,
        site: Rc<Site>,
    ) -> Self {
        Self {
            programs,
            scale,
            site,
            build,
            yardsticks: true,
            history: OnceCell::new(),
        }
    }

    /// The URL of a new database with the engine's tables. Of two builds each creates its own:
    /// one refuses the schema of a later one.
    pub(crate) async fn database(&self) -> Outcome<String> {
        if self.build.is_none() {
            return self.site.migrated_database().await;
        }
        let url = self.site.fresh_database()?;
        // Killed as soon as it has served a page: it has no order in hand.
        let engine = Engine::spawn(&self.programs, &Environment::on(&url), self.site.folder())?;
        let served = async {
            loop {
                let mut client = engine.connection().await?;
                match client.get("/api/orders?limit=1").await {
                    Ok(page) if page.status == 200 => return Outcome::Ok(()),
                    _ => sleep(Duration::from_millis(5)).await,
                }
            }
        };
        timeout(PATIENCE, served)
            .await
            .map_err(|_| "the engine does not create its tables")??;
        Ok(url)
    }

    /// A folder that no other build uses.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.site
            .folder()
            .join(self.build.unwrap_or_default())
            .join(name)
    }
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    quick: bool,
    /// Repetitions.
    pub(crate) rounds: usize,
    /// How long the soak lasts when it need not be quick, in minutes.
    pub(super) minutes: u32,
    /// How many times its capacity the soak asks the engine for.
    pub(super) flood: f64,
    /// The seed of the soak, if one was given.
    pub(super) seed: Option<u64>,
}

impl Scale {
    /// Five repetitions, or one of everything when it has to be quick.
    pub(crate) fn new(quick: bool, rounds: Option<usize>) -> Self {
        Self {
            quick,
            rounds: rounds.unwrap_or(if quick { 1 } else { 5 }),
            minutes: 30,
            flood: 2.0,
            seed: None,
        }
    }

    /// With this length, flood and seed of the soak.
    pub(crate) fn soaking(self, minutes: u32, flood: f64, seed: Option<u64>) -> Self {
        Self {
            minutes,
            flood,
            seed,
            ..self
        }
    }

    /// The full number, or the small one when it has to be quick.
    pub(crate) fn pick<T>(self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    /// The repetitions of what takes long: three at the most.
    pub(crate) fn few(self) -> usize {
        self.pick(self.rounds.min(3), 1)
    }

    /// As much, but only once.
    pub(crate) fn once(self) -> Self {
        Self { rounds: 1, ..self }
    }
}
