//! Writes the golden requests into a folder, to begin from when requests are made up: as messages of the protocol in
//! `protobuf`, and as JSON in `json`.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a tool of `make fuzz` ends by panicking")]
#![allow(clippy::disallowed_methods, reason = "it reads and writes files; the library may not")]

#[path = "../tests/golden/case.rs"]
mod case;

use std::fs;
use std::path::PathBuf;

use prost::Message;

use case::Case;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a folder is named"));
    for Case { folder: golden, name, request, .. } in Case::all() {
        let path = golden.file_name().unwrap().to_str().unwrap();
        for (form, bytes) in
            [("protobuf", request.encode_to_vec()), ("json", serde_json::to_vec(request).unwrap())]
        {
            fs::create_dir_all(folder.join(form)).unwrap();
            fs::write(folder.join(form).join(format!("{path}-{name}")), bytes).unwrap();
        }
    }
}
