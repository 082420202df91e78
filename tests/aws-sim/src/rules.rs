//! AWS's rules as a table: what is refused, with which code and words, and the page of AWS that says so.

use std::fmt::Write as _;

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name here, such as `gp3_baseline`.
    pub id: &'static str,
    /// AWS's error code.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// AWS's words, with `{}` where a value goes.
    pub message: &'static str,
    /// Where AWS says so, or, for words that AWS does not publish, where they were seen.
    pub page: &'static str,
}

/// A rule that a request breaks, in words.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Which.
    pub rule: &'static Rule,
    /// With the values filled in.
    pub message: String,
}

/// Declares rules, each a row: name, code, status, words, page; and the list of all of them as `ALL`.
macro_rules! rules {
    ($($name:ident: $code:literal, $status:literal, $message:literal, $page:expr;)*) => {
        $(
            #[doc = concat!("`", $message, "`")]
            pub(crate) static $name: $crate::Rule = $crate::Rule {
                id: stringify!($name),
                code: $code,
                status: $status,
                message: $message,
                page: $page,
            };
        )*
        /// The rules of this table.
        pub(crate) static ALL: &[&$crate::Rule] = &[$(&$name),*];
    };
}
pub(crate) use rules;

/// Rules of every service.
pub(crate) mod general {
    const ERRORS: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html";

    super::rules! {
        INVALID_ACTION: "InvalidAction", 400, "Could not find operation {} for version 2014-10-31", ERRORS;
        INVALID_CLIENT_TOKEN_ID: "InvalidClientTokenId", 403, "The security token included in the request is invalid.", ERRORS;
        UNRECOGNIZED_CLIENT: "UnrecognizedClientException", 400, "The security token included in the request is invalid.",
            "https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html";
        EXPIRED_TOKEN: "ExpiredToken", 403, "The security token included in the request is expired", ERRORS;
        EXPIRED_TOKEN_EXCEPTION: "ExpiredTokenException", 400, "The security token included in the request is expired",
            "https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html";
        THROTTLING: "Throttling", 400, "Rate exceeded", "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html";
        THROTTLING_EXCEPTION: "ThrottlingException", 400, "Rate exceeded",
            "https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html";
    }
}

// === impl Rule ===

impl Rule {
    /// Refuses, with the values of its words in their order.
    pub fn refuse(&'static self, values: &[&str]) -> Refusal {
        let mut message = String::new();
        let mut values = values.iter();
        for (number, part) in self.message.split("{}").enumerate() {
            if number > 0 {
                let _ = write!(message, "{}", values.next().unwrap_or(&""));
            }
            message.push_str(part);
        }
        Refusal { rule: self, message }
    }

    /// Refuses, if a request is so.
    pub fn refuse_if(&'static self, broken: bool, values: &[&str]) -> Result<(), Refusal> {
        if broken { Err(self.refuse(values)) } else { Ok(()) }
    }
}
