//! One request and its answer: faults, the state machine, the call log.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming as Body};
use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{Closed, Server};
use crate::protocol::{Incoming, read};
use crate::{Fault, Kind, Moment, Record, Request, Response, side};

const SIDE: &str = "/_goldenpath/";

// === impl Server ===

impl Server {
    /// Answers a request, or closes the connection.
    pub(super) async fn exchange(
        self: Arc<Self>,
        request: hyper::Request<Body>,
    ) -> Result<hyper::Response<Full<Bytes>>, Closed> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
        if let Some(path) = head.uri.path().strip_prefix(SIDE) {
            return Ok(self.side(head.method.as_str(), path, head.uri.query().unwrap_or(""), &body));
        }
        match read(incoming(&head.headers, &body)) {
            Some(request) => self.carry_out(&request).await,
            None => Ok(plain(StatusCode::NOT_FOUND, &json!({"error": "no service here takes this request"}))),
        }
    }

    /// A call of AWS's API, with what was ordered for it.
    async fn carry_out(self: &Arc<Self>, request: &Request) -> Result<hyper::Response<Full<Bytes>>, Closed> {
        let (account, fault, mut record) = {
            let mut cloud = self.cloud();
            let account = cloud.account_of(&request.access_key);
            let fault = cloud.faults.take(request);
            let record = Record::of(self.now(), &account, request);
            (account, fault, record)
        };
        record.fault = fault.as_ref().map(Fault::told);
        if let Some(fault) = fault.as_ref().filter(|fault| fault.when == Moment::Before)
            && let Some(ended) = self.suffer(fault, request, &mut record).await
        {
            return ended;
        }
        let response = {
            let mut cloud = self.cloud();
            if fault.as_ref().is_some_and(|fault| fault.kind == Kind::Duplicate) {
                cloud.answer(self.now(), &account, request);
            }
            cloud.answer(self.now(), &account, request)
        };
        if let Some(fault) = fault.as_ref().filter(|fault| fault.when == Moment::After)
            && let Some(ended) = self.suffer(fault, request, &mut record).await
        {
            return ended;
        }
        let cut = fault.is_some_and(|fault| fault.kind == Kind::Cut);
        Ok(self.finish(record, response, cut))
    }

    /// Lets a call suffer its fault; none means that it goes on.
    async fn suffer(
        self: &Arc<Self>,
        fault: &Fault,
        request: &Request,
        record: &mut Record,
    ) -> Option<Result<hyper::Response<Full<Bytes>>, Closed>> {
        match fault.kind {
            Kind::Latency => {
                tokio::time::sleep(Duration::from_secs_f64(fault.seconds)).await;
                None
            }
            Kind::Duplicate | Kind::Cut => None,
            Kind::Error => {
                let mut cloud = self.cloud();
                let response = cloud.ordered_error(request, fault.status, &fault.code, &fault.message);
                drop(cloud);
                Some(Ok(self.finish(record.clone(), response, false)))
            }
            Kind::Drop => {
                self.enter(record.clone());
                Some(Err(Closed))
            }
            Kind::Hang => {
                // A task of its own: the client may leave before, and the log tells of the call all the same.
                let (server, record) = (Arc::clone(self), record.clone());
                let mut withdrawals = server.withdrawals.subscribe();
                let hanging = tokio::spawn(async move {
                    let _ = withdrawals.changed().await;
                    server.enter(record);
                });
                let _ = hanging.await;
                Some(Err(Closed))
            }
        }
    }

    /// Logs a call and sends its answer, or the first half of it.
    fn finish(&self, mut record: Record, response: Response, cut: bool) -> hyper::Response<Full<Bytes>> {
        record.status = Some(response.status);
        record.error = response.error;
        self.enter(record);
        let mut body = response.body;
        if cut {
            body.truncate(body.len() / 2);
        }
        let mut answer = hyper::Response::new(Full::from(body));
        *answer.status_mut() =
            StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(response.content_type));
        if let Ok(id) = HeaderValue::from_str(&response.request_id) {
            headers.insert("x-amzn-requestid", id);
        }
        answer
    }

    fn side(&self, method: &str, path: &str, query: &str, body: &[u8]) -> hyper::Response<Full<Bytes>> {
        if (method, path) == ("POST", "clock") {
            return self.advance(body);
        }
        let answer = side::answer(&mut self.cloud(), self.now(), method, path, query, body);
        if (method, path) == ("DELETE", "faults") {
            self.withdrawals.send_modify(|count| *count += 1);
        }
        match answer {
            Ok(value) => plain(StatusCode::OK, &value),
            Err(mistake) => plain(StatusCode::BAD_REQUEST, &json!({"error": mistake})),
        }
    }

    fn advance(&self, body: &[u8]) -> hyper::Response<Full<Bytes>> {
        let seconds = serde_json::from_slice::<Value>(body).ok().and_then(|said| said["advance"].as_f64());
        match seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
            Some(time) => {
                self.pass(time);
                plain(StatusCode::OK, &json!({"now": self.now().to_string()}))
            }
            None => plain(StatusCode::BAD_REQUEST, &json!({"error": "advance is a number of seconds"})),
        }
    }
}

fn incoming<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Incoming<'a> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Incoming {
        authorization: header("authorization").unwrap_or_default(),
        target: header("x-amz-target"),
        body,
    }
}

fn plain(status: StatusCode, body: &Value) -> hyper::Response<Full<Bytes>> {
    let mut response = hyper::Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
