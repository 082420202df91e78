//! `SubnetGroup`: an RDS DB subnet group.

mod delta;
mod faults;
mod input;
mod ownership;
mod status;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::DbSubnetGroup;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::SubnetGroup;
use goldenpath_provider_core::{
    ConnectionDetails, Drift, Event, External, Fault, Managed, Objects, Observation, Present,
};

use super::tags;
use crate::client::Service;
use crate::connector::Session;
use crate::fault::{ErrorClass, Failure};
use crate::tags::Tags;
use faults::FAULTS;

impl<O: Objects> External<SubnetGroup> for Session<O> {
    type Inputs = ();

    async fn observe(&self, managed: &mut SubnetGroup) -> Result<Observation, Fault> {
        let found = describe(&self.services.rds, managed).await?;
        let (group, tags) = match self.ours(managed, found).await? {
            Ok(found) => found,
            Err(other) => return Ok(other),
        };
        *managed.at_provider_mut() = status::observation(&group);
        let drift = delta::drift(managed, self.cluster(), &group, &tags);
        Ok(Observation::Present(Present::new(drift, status::readiness(&group))))
    }

    async fn prepare(&self, _: &SubnetGroup) -> Result<Self::Inputs, Fault> {
        Ok(())
    }

    async fn create(&self, managed: &mut SubnetGroup, (): ()) -> Result<ConnectionDetails, Fault> {
        let rds = &self.services.rds;
        match rds.call(&FAULTS, input::create(managed, self.cluster()).send_with(&rds.client)).await {
            Err(Failure { class: ErrorClass::Exists, fault }) => {
                self.already_made(managed, describe(rds, managed).await?.ok_or(fault)?)?;
            }
            answer => drop(answer?),
        }
        Ok(ConnectionDetails::new())
    }

    async fn update(&self, managed: &mut SubnetGroup, drift: &Drift) -> Result<ConnectionDetails, Fault> {
        let rds = &self.services.rds;
        let found = describe(rds, managed).await?;
        let (group, observed) = self.still_ours(managed, found)?;
        tags::apply(rds, &FAULTS, managed, self.cluster(), group.db_subnet_group_arn(), &observed).await?;
        if drift.actionable().any(|change| change.field != crate::tags::FIELD) {
            rds.call(&FAULTS, input::modify(managed).send_with(&rds.client)).await?;
        }
        Ok(ConnectionDetails::new())
    }

    async fn delete(&self, managed: &mut SubnetGroup) -> Result<Option<Event>, Fault> {
        let rds = &self.services.rds;
        let Some(found) = describe(rds, managed).await? else {
            return Ok(None);
        };
        self.still_ours(managed, Some(found))?;
        let request = rds.client.delete_db_subnet_group().db_subnet_group_name(managed.external_name());
        rds.find(&FAULTS, request.send()).await?;
        Ok(None)
    }
}

async fn describe(
    rds: &Service<Client>,
    managed: &SubnetGroup,
) -> Result<Option<(DbSubnetGroup, Tags)>, Fault> {
    let request = rds.client.describe_db_subnet_groups().db_subnet_group_name(managed.external_name());
    let answer = rds.find(&FAULTS, request.send()).await?;
    let Some(group) = answer.and_then(|answer| answer.db_subnet_groups?.into_iter().next()) else {
        return Ok(None);
    };
    let tags = tags::list(rds, &FAULTS, group.db_subnet_group_arn()).await?;
    Ok(Some((group, tags)))
}

#[cfg(test)]
mod tests;
