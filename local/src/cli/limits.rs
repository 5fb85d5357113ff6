//! The command `limits`: how much an account may do.

use std::process::ExitCode;

use api::limits_json;
use engine::{account::Actor, ports::LimitStore};
use runtime::limits;

use super::{
    administration::{Undone, on_database},
    output,
};
use crate::options::{LimitsOf, SetLimits, ShowLimits};

/// Shows or sets them, on the database that the options name.
pub async fn run(command: &LimitsOf) -> ExitCode {
    let (LimitsOf::Show(ShowLimits { of, .. }) | LimitsOf::Set(SetLimits { of, .. })) = command;
    on_database(&of.storage, async |database| {
        let store = limits(&database);
        if let LimitsOf::Set(set) = command {
            set_to(set, store.as_ref()).await?;
        }
        let limits = store.of_account(&of.account).await?;
        output::line(limits_json(&limits));
        Ok(())
    })
    .await
}

async fn set_to(set: &SetLimits, store: &dyn LimitStore) -> Result<(), Undone> {
    let limits = set.limited.limits();
    let limits = limits.map_err(|error| Undone::NotDone(error.to_string()))?;
    let by = Actor::of(set.of.account.clone());
    Ok(store.set(&limits, &by).await?)
}
