//! AWS's protocols: a request from its bytes, and bytes from an answer.

mod form;
mod json;
mod read;
mod xml;

pub use form::Form;
pub use read::{Incoming, read};

use crate::{Call, Input, Refusal, Request, Structure};

/// What is answered.
#[derive(Clone, Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The protocol's type.
    pub content_type: &'static str,
    /// The id that AWS gives the request.
    pub request_id: String,
    /// AWS's code, of an error.
    pub error: Option<String>,
    /// The document.
    pub body: String,
}

/// A structure as the side path tells it.
pub(crate) fn told(structure: &Structure) -> serde_json::Value {
    json::document(structure)
}

/// Writes the answer to a call in the protocol it came in.
pub(crate) fn write(call: &mut Call<'_>, answer: Result<Structure, Refusal>) -> Response {
    let request_id = call.chance.uuid();
    let (code, status, body) = match answer {
        Ok(structure) => (None, 200, accepted(call, &structure, &request_id)),
        Err(refusal) => {
            let (code, status) = (refusal.rule.code, refusal.rule.status);
            (
                Some(code.to_owned()),
                status,
                refused(call.request, status, code, &refusal.message, &request_id),
            )
        }
    };
    Response { status, content_type: content_type(&call.request.input), request_id, error: code, body }
}

/// Writes an error that no rule has, such as an ordered one.
pub(crate) fn error(
    request: &Request,
    status: u16,
    code: &str,
    message: &str,
    request_id: String,
) -> Response {
    let body = refused(request, status, code, message, &request_id);
    Response {
        status,
        content_type: content_type(&request.input),
        request_id,
        error: Some(code.to_owned()),
        body,
    }
}

fn accepted(call: &Call<'_>, structure: &Structure, request_id: &str) -> String {
    match (&call.request.input, call.request.service) {
        (Input::Json(_), _) => json::document(structure).to_string(),
        (Input::Form(_), crate::Service::Ec2) => xml::ec2(&call.request.operation, structure, request_id),
        (Input::Form(_), service) => xml::response(service, &call.request.operation, structure, request_id),
    }
}

fn refused(request: &Request, status: u16, code: &str, message: &str, request_id: &str) -> String {
    match request.input {
        Input::Json(_) => json::error(code, message).to_string(),
        Input::Form(_) => xml::error(request.service, status, code, message, request_id),
    }
}

fn content_type(input: &Input) -> &'static str {
    match input {
        Input::Json(_) => "application/x-amz-json-1.1",
        Input::Form(_) => "text/xml",
    }
}
