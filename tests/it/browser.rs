//! The HTML form in a real browser: nothing in it runs, nothing is loaded, and it fits a phone. The page under test is
//! served by the test itself, which sees every request; a page that does run and load is the control. Without a
//! Chromium on the PATH it says SKIPPED.
#![expect(clippy::disallowed_methods, reason = "a test starts the browser and looks at its own environment")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::Value;

use crate::cli::Desk;
use crate::data::skipped;

/// How long the browser may take: it is big, and machines are shared.
const PATIENCE: Duration = Duration::from_secs(90);

/// The names under which distributions know it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The widths at which a page is looked at: a phone, a small tablet, either side of where tables fold, a desk.
const WIDTHS: [u64; 5] = [360, 640, 960, 980, 1280];

/// What a page may do only if something is wrong with it: it runs, and it loads.
const CONTROL: &str = "<!doctype html><title>control</title><body onload='parent.x=1'>\
    <p style='width:5000px'>wide</p><a href='javascript:alert(1)'>x</a><img src='http://control.example/image'>\
    <script>window.owned=1</script></body>";

/// Opens each page at each width, waits until all is quiet, and sends home what it finds.
const LOOK: &str = r"<!doctype html><title>look</title><link rel=icon href='data:,'><body><script>
const look = (page, width) => new Promise(done => {
  const frame = document.createElement('iframe');
  frame.style = `width:${width}px;height:800px;border:0`;
  frame.onload = () => setTimeout(() => {
    const page_ = frame.contentDocument, root = page_.documentElement;
    const all = [...page_.querySelectorAll('*')];
    const fixed = [...page_.querySelectorAll('td.fixed')].filter(c => c.offsetParent && width > 960);
    done({
      page, width,
      scroll: root.scrollWidth, client: root.clientWidth,
      title: page_.title, owned: frame.contentWindow.owned ?? null,
      scripts: page_.scripts.length,
      handlers: all.filter(e => e.getAttributeNames().some(n => n.startsWith('on'))).length,
      loads: all.filter(e => e.hasAttribute('src') || e.matches('link,object,embed,iframe,form')).length,
      protocols: [...new Set([...page_.querySelectorAll('a')].map(a => a.protocol))],
      folded: fixed.filter(c => c.getClientRects().length && c.scrollWidth > c.clientWidth + 1).length,
      viewport: page_.querySelector('meta[name=viewport]')?.content ?? null,
      text: page_.body.innerText,
    });
    frame.remove();
  }, 150);
  frame.src = '/' + page;
  document.body.append(frame);
});
(async () => {
  const found = [];
  for (const page of PAGES) for (const width of WIDTHS) found.push(await look(page, width));
  await fetch('/found', { method: 'POST', body: JSON.stringify(found) });
})();
</script></body>";

/// A request as the server saw it.
struct Asked {
    host: String,
    path: String,
    body: Vec<u8>,
}

/// Serves pages by path, and tells of every request.
fn serve(pages: BTreeMap<String, String>) -> (u16, Receiver<Asked>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, asked) = channel();
    let pages = Arc::new(pages);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (pages, sender) = (Arc::clone(&pages), sender.clone());
            // A browser opens connections on which it never asks for anything.
            std::thread::spawn(move || answer(stream, &pages, &sender));
        }
    });
    (port, asked)
}

fn answer(mut stream: TcpStream, pages: &BTreeMap<String, String>, sender: &Sender<Asked>) -> Option<()> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    let (head, length) = loop {
        let n = stream.read(&mut part).ok().filter(|n| *n > 0)?;
        bytes.extend(&part[..n]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = field(&head, "content-length").and_then(|n| n.parse().ok()).unwrap_or(0_usize);
        break (head, (end + 4, length));
    };
    while bytes.len() < length.0 + length.1 {
        let n = stream.read(&mut part).ok().filter(|n| *n > 0)?;
        bytes.extend(&part[..n]);
    }
    let path = head.split(' ').nth(1)?.to_owned();
    let page = pages.get(&path).cloned();
    let host = field(&head, "host").unwrap_or_default();
    let body = bytes[length.0..].to_vec();
    let _ = sender.send(Asked { host, path, body });
    let (status, page) = page.map_or(("204 No Content", String::new()), |page| ("200 OK", page));
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    stream.write_all(answer.as_bytes()).ok()
}

fn field(head: &str, name: &str) -> Option<String> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// The browser's program, if there is one.
fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES.iter().flat_map(|name| folders.iter().map(move |f| f.join(name))).find(|p| p.is_file())
}

/// A browser that is ended with the test.
struct Browser {
    child: Child,
    /// Its folder, which goes after it.
    _profile: tempfile::TempDir,
}

impl Browser {
    fn open(program: &PathBuf, url: &str, port: u16) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let child = Command::new(program)
            .args([
                // The pages are our own, and its sandbox needs rights that many test machines do not give.
                "--no-sandbox",
                "--headless=new",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--no-default-browser-check",
                "--remote-debugging-port=0",
                "--window-size=1400,900",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            // No name leads anywhere but to the test.
            .arg(format!(
                "--host-resolver-rules=MAP leak.example 127.0.0.1:{port},MAP control.example 127.0.0.1:{port},MAP * ~NOTFOUND,EXCLUDE 127.0.0.1"
            ))
            .arg(url)
            .env("HOME", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, _profile: profile }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An incident whose every text tries something.
fn hostile() -> String {
    let desk = Desk::new();
    let bad = "</title></td></textarea><script>window.owned=1</script><img src=http://leak.example/image \
               onerror=window.owned=1>\"'><svg onload=window.owned=1>";
    let id = desk.declare(bad);
    let long = "a".repeat(600);
    for line in [
        bad,
        "<style>@import url(http://leak.example/style);body{background:url(http://leak.example/back)}</style>",
        "<base href=http://leak.example/><link rel=stylesheet href=http://leak.example/link>",
        "<iframe src=http://leak.example/frame></iframe><meta http-equiv=refresh content='0;url=http://leak.example/'>",
        "<form action=http://leak.example/form><input autofocus onfocus=window.owned=1></form>",
        "javascript:window.owned=1",
        "control \u{1b}]52;c;aGk=\u{7} and \u{202e}txt.exe\u{2066} and \u{0} and \u{9b}31m",
        "日本語 👩‍👩‍👧‍👦 e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        &long,
        &format!("! {long} @carol check 15m"),
        &format!("? {long}"),
        &format!("+ @bob 3m {long}"),
        &format!("> customers: {long} <script>window.owned=1</script>"),
    ] {
        desk.ok(&["log", &id, &line.replace('\0', " ")]);
    }
    for (kind, url) in [
        ("bridge", "javascript:window.owned=1"),
        ("ticket", "https://leak.example/\"onclick=\"window.owned=1"),
        ("page", "data:text/html,<script>window.owned=1</script>"),
        ("long", &format!("http://leak.example/{long}")),
    ] {
        desk.run(&["link", &id, kind, url]);
    }
    desk.ok(&["set", &id, "--impact", bad, "--scope", &format!("registry.example/{long} affected")]);
    desk.ok(&["export", &id, "--format", "html"])
}

#[test]
fn the_html_form_runs_nothing_loads_nothing_and_fits_a_phone() {
    let Some(program) = chromium() else {
        skipped(&format!("the HTML form in a browser: none of {NAMES:?} is on the PATH (docs/export.md)"));
        return;
    };
    let desk = Desk::new();
    let home = desk.path("demo");
    desk.ok(&["--home", home.to_str().unwrap(), "demo", "--json"]);
    let demo = desk.ok(&["--home", home.to_str().unwrap(), "export", ".", "--format", "html"]);

    let pages = ["control", "demo", "hostile", "brief"];
    let quoted: Vec<String> = pages.iter().map(|p| format!("'{p}'")).collect();
    let look =
        LOOK.replace("PAGES", &format!("[{}]", quoted.join(","))).replace("WIDTHS", &format!("{WIDTHS:?}"));
    let brief = desk.ok(&["--home", home.to_str().unwrap(), "export", ".", "--format", "html", "--brief"]);
    let served = [
        ("/", look),
        ("/control", CONTROL.to_owned()),
        ("/demo", demo),
        ("/hostile", hostile()),
        ("/brief", brief),
    ];
    let (port, asked) = serve(served.into_iter().map(|(path, page)| (path.to_owned(), page)).collect());
    let browser = Browser::open(&program, &format!("http://127.0.0.1:{port}/"), port);

    let mut seen = Vec::new();
    let found: Vec<Value> = loop {
        let asked = asked
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|e| panic!("the browser said nothing ({e}): {seen:?}"));
        if asked.path == "/found" {
            break serde_json::from_slice(&asked.body).unwrap();
        }
        seen.push(format!("{}{}", asked.host, asked.path));
    };
    drop(browser);

    assert_eq!(found.len(), pages.len() * WIDTHS.len());
    for page in &found {
        let name = format!("{} at {}", page["page"], page["width"]);
        let (scroll, client) = (page["scroll"].as_u64().unwrap(), page["client"].as_u64().unwrap());
        if page["page"] == "control" {
            assert_eq!(page["owned"], 1, "the control does not run: this test sees nothing");
            assert!(
                scroll > client && page["scripts"] == 1 && page["handlers"] == 1 && page["loads"] == 1,
                "{page}"
            );
            continue;
        }
        assert_eq!(page["owned"], Value::Null, "{name}: a script ran");
        assert_eq!(
            (&page["scripts"], &page["handlers"], &page["loads"]),
            (&0.into(), &0.into(), &0.into()),
            "{name}"
        );
        assert!(scroll <= client, "{name}: it is {scroll} wide where there is room for {client}");
        assert_eq!(page["folded"], 0, "{name}: a time or a kind does not fit its column");
        assert!(page["viewport"].as_str().unwrap().starts_with("width=device-width"), "{name}");
        for protocol in page["protocols"].as_array().unwrap() {
            assert!(
                ["http:", "https:"].contains(&protocol.as_str().unwrap()),
                "{name}: a link to {protocol}"
            );
        }
        let text = page["text"].as_str().unwrap();
        if page["page"] == "hostile" {
            assert!(
                text.contains("<script>window.owned=1</script>"),
                "{name}: the text is shown as it was written"
            );
            assert!(page["title"].as_str().unwrap().contains("</title>"), "{name}: {}", page["title"]);
        } else {
            assert!(text.contains("DRILL") && text.contains("what the release key signed"), "{name}");
        }
    }
    // The control is the one page that loads something, which the resolver brings here.
    let loaded = |s: &&String| *s == "control.example/image";
    assert!(seen.iter().any(|s| loaded(&s)), "the control does not load: this test sees nothing: {seen:?}");
    let here = format!("127.0.0.1:{port}");
    let known = |s: &String| {
        s.strip_prefix(&here).is_some_and(|path| path == "/" || pages.contains(&path.trim_start_matches('/')))
    };
    assert!(seen.iter().all(|s| known(s) || loaded(&s)), "something was loaded: {seen:?}");
}
