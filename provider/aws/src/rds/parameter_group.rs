//! `ParameterGroup`: an RDS DB parameter group.

mod delta;
mod faults;
mod input;
mod known;
mod ownership;
mod status;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::DbParameterGroup;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::ParameterGroup;
use goldenpath_provider_core::{
    ConnectionDetails, Drift, Event, External, Fault, Managed, Objects, Observation, Present,
};

use super::tags;
use crate::client::Service;
use crate::connector::Session;
use crate::fault::{ErrorClass, Failure};
use crate::tags::Tags;
use faults::FAULTS;

impl<O: Objects> External<ParameterGroup> for Session<O> {
    type Inputs = ();

    async fn observe(&self, managed: &mut ParameterGroup) -> Result<Observation, Fault> {
        let rds = &self.services.rds;
        let found = describe(rds, managed).await?;
        let (group, tags) = match self.ours(managed, found).await? {
            Ok(found) => found,
            Err(other) => return Ok(other),
        };
        let known = known::read(rds, managed).await?;
        let drift = delta::drift(managed, self.cluster(), &group, &tags, &known);
        *managed.at_provider_mut() = status::observation(managed, &group, &known);
        let readiness = status::readiness(managed, &drift);
        Ok(Observation::Present(Present::new(drift, readiness)))
    }

    async fn prepare(&self, _: &ParameterGroup) -> Result<Self::Inputs, Fault> {
        Ok(())
    }

    /// The parameters follow with an update, so that a crash between the two calls is corrected by the next reconcile.
    async fn create(&self, managed: &mut ParameterGroup, (): ()) -> Result<ConnectionDetails, Fault> {
        let rds = &self.services.rds;
        match rds.call(&FAULTS, input::create(managed, self.cluster()).send_with(&rds.client)).await {
            Err(Failure { class: ErrorClass::Exists, fault }) => {
                self.already_made(managed, describe(rds, managed).await?.ok_or(fault)?)?;
            }
            answer => drop(answer?),
        }
        Ok(ConnectionDetails::new())
    }

    async fn update(&self, managed: &mut ParameterGroup, _: &Drift) -> Result<ConnectionDetails, Fault> {
        let rds = &self.services.rds;
        let found = describe(rds, managed).await?;
        let (group, observed) = self.still_ours(managed, found)?;
        tags::apply(rds, &FAULTS, managed, self.cluster(), group.db_parameter_group_arn(), &observed).await?;

        let known = known::read(rds, managed).await?;
        let asked = input::asked(managed, &known);
        // A refused request does not stop the others; the first refusal is reported.
        let mut refused = asked.refused;
        for request in asked.resets {
            let answer = rds.call(&FAULTS, request.send_with(&rds.client)).await;
            refused = refused.or(answer.err().map(Fault::from));
        }
        for request in asked.modifications {
            let answer = rds.call(&FAULTS, request.send_with(&rds.client)).await;
            refused = refused.or(answer.err().map(Fault::from));
        }
        refused.map_or(Ok(ConnectionDetails::new()), Err)
    }

    async fn delete(&self, managed: &mut ParameterGroup) -> Result<Option<Event>, Fault> {
        let rds = &self.services.rds;
        let Some(found) = describe(rds, managed).await? else {
            return Ok(None);
        };
        self.still_ours(managed, Some(found))?;
        let request = rds.client.delete_db_parameter_group().db_parameter_group_name(managed.external_name());
        rds.find(&FAULTS, request.send()).await?;
        Ok(None)
    }
}

async fn describe(
    rds: &Service<Client>,
    managed: &ParameterGroup,
) -> Result<Option<(DbParameterGroup, Tags)>, Fault> {
    let request = rds.client.describe_db_parameter_groups().db_parameter_group_name(managed.external_name());
    let answer = rds.find(&FAULTS, request.send()).await?;
    let Some(group) = answer.and_then(|answer| answer.db_parameter_groups?.into_iter().next()) else {
        return Ok(None);
    };
    let tags = tags::list(rds, &FAULTS, group.db_parameter_group_arn()).await?;
    Ok(Some((group, tags)))
}

#[cfg(test)]
mod tests;
