//! A request from what came over HTTP.

use serde_json::Value;

use super::Form;
use crate::{Input, Request, Service};

/// What of an HTTP request says what is asked.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// The header `Authorization`.
    pub authorization: &'a str,
    /// The header `X-Amz-Target`, which JSON requests have.
    pub target: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// Region of a request that is not signed, such as `AssumeRoleWithWebIdentity`.
const UNSIGNED_REGION: &str = "us-east-1";

/// Reads a request; none for what is of no service here. Who signed is taken from the signature's scope, which is not
/// verified: whoever can reach this AWS may use it.
pub fn read(incoming: Incoming<'_>) -> Option<Request> {
    let (access_key, region, scope) = scope(incoming.authorization).unwrap_or(("", UNSIGNED_REGION, "sts"));
    let (service, operation, input) = if let Some(target) = incoming.target {
        let (prefix, operation) = target.rsplit_once('.')?;
        let document = match serde_json::from_slice(incoming.body) {
            Ok(document) => document,
            Err(_) if incoming.body.is_empty() => Value::Object(serde_json::Map::new()),
            Err(_) => return None,
        };
        (Service::of(prefix)?, operation.to_owned(), Input::Json(document))
    } else {
        let form = Form::read(incoming.body);
        (Service::of(scope)?, form.get("Action")?.to_owned(), Input::Form(form))
    };
    Some(Request { service, region: region.to_owned(), access_key: access_key.to_owned(), operation, input })
}

/// Access key, region and service of `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …`.
fn scope(authorization: &str) -> Option<(&str, &str, &str)> {
    let credential = authorization.split_once("Credential=")?.1;
    let mut parts = credential.split(['/', ',', ' ']);
    let (key, _, region, service) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    Some((key, region, service))
}
