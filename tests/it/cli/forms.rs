//! Postmortems in forms that other people write them in: exports of wikis, scripts without blanks, names of exceptions.

use super::Desk;

#[test]
fn words_in_html_in_scripts_without_blanks_and_in_humps_are_found() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    std::fs::create_dir(desk.path("in")).unwrap();
    let files = [
        (
            "d.md",
            "# Queue outage\n\n<details>\n<summary>Logs</summary>\n<pre>\nFATAL: quokkaerror\n</pre>\n</details>\n",
        ),
        (
            "w.md",
            "<html><body>\n<h1>Wiki says numbat</h1>\n<p>the bilby was slow</p>\n<script>let potoroo;</script>\n</body></html>\n",
        ),
        ("j.md", "# 決済サービスの証明書が失効した障害\n\nデータベース接続プールが枯渇した。Kafkaの遅延。\n"),
        ("n.md", "# Broker down\n\nThere was no space left on the device of the broker.\n"),
    ];
    for (name, text) in files {
        desk.file(&format!("in/{name}"), text);
    }
    desk.json(&["import", &desk.path("in").display().to_string()]);
    for (query, title) in [
        ("quokkaerror", "Queue outage"),
        ("bilby", "Wiki says numbat"),
        ("証明書", "決済サービスの証明書が失効した障害"),
        ("データベース", "決済サービスの証明書が失効した障害"),
        ("\"接続プール\"", "決済サービスの証明書が失効した障害"),
        ("遅延", "決済サービスの証明書が失効した障害"),
        ("NoSpaceLeftOnDevice", "Broker down"),
    ] {
        let found = desk.json(&["search", query]);
        assert_eq!(found["results"][0]["title"], title, "{query}: {found:#}");
    }
    assert_eq!(desk.json(&["search", "potoroo"])["results"], serde_json::json!([]), "a script is no text");
    assert_eq!(desk.json(&["search", "\"証書\""])["results"], serde_json::json!([]));
}

#[test]
fn what_ended_it_is_told_however_short_the_answer_is() {
    let desk = Desk::new();
    let id = desk.declare("Names do not resolve");
    desk.ok(&["resolve", "1", "--ended-by", "dns fixed"]);
    let draft = desk.json(&["postmortem", "draft", "1"])["path"].as_str().unwrap().to_owned();
    let text = std::fs::read_to_string(&draft).unwrap();
    std::fs::write(&draft, super::filled(&text)).unwrap();
    desk.json(&["postmortem", "publish", "1"]);
    let found = desk.json(&["search", "names resolve"]);
    assert_eq!(
        (&found["results"][0]["id"], &found["results"][0]["ended"]),
        (&id.into(), &"dns fixed".into())
    );
}
