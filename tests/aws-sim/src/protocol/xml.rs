//! The XML of the query protocol, and of EC2, which has its own.

use std::fmt::Write as _;

use crate::{Node, Service, Structure};

/// The answer to an operation.
pub(super) fn response(service: Service, operation: &str, result: &Structure, request_id: &str) -> String {
    let mut xml = String::with_capacity(512);
    let _ = write!(xml, "<{operation}Response xmlns=\"{}\">", namespace(service));
    // An operation that has nothing to say says nothing, not an empty result.
    if !result.0.is_empty() {
        let _ = write!(xml, "<{operation}Result>");
        structure(&mut xml, result);
        let _ = write!(xml, "</{operation}Result>");
    }
    let _ = write!(xml, "<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>");
    let _ = write!(xml, "</{operation}Response>");
    xml
}

/// The answer of EC2, which has no `Result` around it.
pub(super) fn ec2(operation: &str, result: &Structure, request_id: &str) -> String {
    let mut xml = String::with_capacity(512);
    let _ = write!(xml, "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">");
    let _ = write!(xml, "<requestId>{request_id}</requestId>");
    structure(&mut xml, result);
    let _ = write!(xml, "</{operation}Response>");
    xml
}

/// An error, which is the caller's fault or AWS's.
pub(super) fn error(service: Service, status: u16, code: &str, message: &str, request_id: &str) -> String {
    let blamed = if status < 500 { "Sender" } else { "Receiver" };
    let mut xml = String::with_capacity(256);
    let _ = write!(xml, "<ErrorResponse xmlns=\"{}\"><Error><Type>{blamed}</Type>", namespace(service));
    let _ = write!(xml, "<Code>{code}</Code><Message>");
    escape(&mut xml, message);
    let _ = write!(xml, "</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>");
    xml
}

fn namespace(service: Service) -> &'static str {
    match service {
        Service::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        _ => "http://rds.amazonaws.com/doc/2014-10-31/",
    }
}

fn structure(xml: &mut String, of: &Structure) {
    for (name, value) in &of.0 {
        let _ = write!(xml, "<{name}>");
        node(xml, value);
        let _ = write!(xml, "</{name}>");
    }
}

fn node(xml: &mut String, of: &Node) {
    match of {
        Node::Text(text) => escape(xml, text),
        Node::Integer(number) => _ = write!(xml, "{number}"),
        Node::Boolean(yes) => _ = write!(xml, "{yes}"),
        Node::Time(time) => _ = write!(xml, "{time:.3}"),
        Node::Structure(members) => structure(xml, members),
        Node::List(item, items) => {
            for value in items {
                let _ = write!(xml, "<{item}>");
                node(xml, value);
                let _ = write!(xml, "</{item}>");
            }
        }
    }
}

fn escape(xml: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            other => xml.push(other),
        }
    }
}
