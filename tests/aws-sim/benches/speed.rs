//! What a call costs this AWS over HTTP, in CPU of its process, with ten thousand instances; and moto with a thousand
//! beside it, where its interpreter is there. `cargo bench -p goldenpath-aws-sim`

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

const PLAIN: &str = "Engine=postgres&EngineVersion=16&DBInstanceClass=db.t4g.small&StorageType=gp3&AllocatedStorage=100\
                     &MasterUsername=app&MasterUserPassword=correct-horse&Tags.Tag.1.Key=team&Tags.Tag.1.Value=payments";
/// Limits, in milliseconds.
const DESCRIBE: f64 = 0.3;
const PAGE: f64 = 5.0;

fn main() -> Result<()> {
    let sim = Served::start(Command::new(env!("CARGO_BIN_EXE_aws-sim")).args(["--port", "0"]))?;
    let (describe, page) = measure(&sim, "aws-sim", 10_000, 2_000)?;
    drop(sim);
    if let Some(mut moto) = moto() {
        measure(&Served::start(&mut moto)?, "moto", 1_000, 50)?;
    } else {
        told("moto: not measured, its interpreter is not there (make tools)")?;
    }
    ensure!(describe <= DESCRIBE, "a describe by name costs {describe:.3} ms, more than {DESCRIBE}");
    ensure!(page <= PAGE, "a page costs {page:.3} ms, more than {PAGE}");
    Ok(())
}

/// Fills an AWS and prints what calls cost; answers with what a describe and a page do, in milliseconds.
fn measure(aws: &Served, name: &str, instances: usize, calls: usize) -> Result<(f64, f64)> {
    let mut connection = aws.connect()?;
    let begun = Instant::now();
    for number in 0..instances {
        let form = format!("Action=CreateDBInstance&DBInstanceIdentifier=db-{number:05}&{PLAIN}");
        aws.call(&mut connection, &form)?;
    }
    let filled = begun.elapsed().as_secs_f64();
    let describe = aws.cost(&mut connection, calls, |number, _| {
        let number = number * 7919 % instances;
        format!("Action=DescribeDBInstances&DBInstanceIdentifier=db-{number:05}")
    })?;
    let page = aws.cost(&mut connection, calls / 10, |_, before| {
        let marker = before.split("<Marker>").nth(1).and_then(|rest| rest.split('<').next());
        let marker = marker.map(|marker| format!("&Marker={marker}")).unwrap_or_default();
        format!("Action=DescribeDBInstances&MaxRecords=100{marker}")
    })?;
    told(&format!(
        "{name}: {instances} instances, filled in {filled:.1} s; describe by name {describe:.3} ms, page of 100 {page:.3} ms, \
         resident {:.0} MB",
        aws.resident()?
    ))?;
    Ok((describe, page))
}

/// moto behind its wrapper, if there is an interpreter that has it.
fn moto() -> Option<Command> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = root.join("target/controlplane/venv/bin/python");
    python.is_file().then(|| {
        let mut command = Command::new(python);
        command.args(["-B", "-m", "awstruth", "--port", "0"]).current_dir(root.join("tests/aws"));
        command
    })
}

fn told(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// What becomes of a connection after an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connection {
    Stays,
    Ends,
}

/// A process that plays AWS.
struct Served {
    child: Child,
    address: String,
}

// === impl Served ===

impl Served {
    /// Starts it; its first line says where it serves. What else it says is read and forgotten.
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start what plays AWS")?;
        let mut lines = BufReader::new(child.stdout.take().context("it has an output")?);
        let mut first = String::new();
        lines.read_line(&mut first)?;
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        let address = first.trim().strip_prefix("http://").context("it says where it serves")?.to_owned();
        Ok(Self { child, address })
    }

    fn connect(&self) -> Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        Ok(BufReader::new(stream))
    }

    /// What a call costs, in milliseconds of CPU. Each is made of its number and of the answer before it.
    fn cost(
        &self,
        connection: &mut BufReader<TcpStream>,
        calls: usize,
        form: impl Fn(usize, &str) -> String,
    ) -> Result<f64> {
        let (before, mut answer) = (self.milliseconds()?, String::new());
        for number in 0..calls {
            answer = self.call(connection, &form(number, &answer))?;
        }
        #[allow(clippy::cast_precision_loss, reason = "some thousand calls")]
        Ok((self.milliseconds()? - before) / calls as f64)
    }

    /// Sends a call and reads its answer. A server that takes one call on a connection, as moto's does, says so.
    fn call(&self, connection: &mut BufReader<TcpStream>, form: &str) -> Result<String> {
        let (answer, state) = self.exchange(connection, form)?;
        if state == Connection::Ends {
            *connection = self.connect()?;
        }
        Ok(answer)
    }

    fn exchange(&self, connection: &mut BufReader<TcpStream>, form: &str) -> Result<(String, Connection)> {
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=AKIA/20260101/eu-central-1/rds/aws4_request, Signature=x\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.address,
            form.len()
        );
        connection.get_mut().write_all(request.as_bytes())?;
        let (mut status, mut length, mut state) = (String::new(), 0, Connection::Stays);
        connection.read_line(&mut status)?;
        ensure!(status.contains(" 200 "), "answered with {status}");
        loop {
            let mut header = String::new();
            connection.read_line(&mut header)?;
            match header.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse()?;
                }
                Some((name, "close")) if name.eq_ignore_ascii_case("connection") => state = Connection::Ends,
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        connection.read_exact(&mut body)?;
        Ok((String::from_utf8(body)?, state))
    }

    /// CPU of the process so far.
    fn milliseconds(&self) -> Result<f64> {
        let stat = fs::read_to_string(self.proc().join("stat"))?;
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        // User and system time, in hundredths of a second.
        Ok((ticks(11) + ticks(12)) * 10.0)
    }

    /// Resident memory, in megabytes.
    fn resident(&self) -> Result<f64> {
        let status = fs::read_to_string(self.proc().join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }

    fn proc(&self) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
