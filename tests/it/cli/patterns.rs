//! What recurs over the archive, by command.

use super::Desk;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/postmortems");

fn demo() -> Desk {
    let desk = Desk::new();
    desk.ok(&["init"]);
    desk.json(&["import", DEMO]);
    desk
}

#[test]
fn every_cell_of_the_demo_names_its_incidents_and_the_query_that_lists_them() {
    let desk = demo();
    let found = desk.json(&["patterns", "--quarters", "8"]);
    let counted = found["counted"].as_u64().unwrap();
    assert!(counted >= 10, "{found:#}");
    let mut cells = 0;
    for table in found["tables"].as_array().unwrap() {
        assert!(!table["rows"].as_array().unwrap().is_empty(), "{}", table["by"]);
        for cell in table["rows"].as_array().unwrap().iter().flat_map(|row| row["cells"].as_array().unwrap())
        {
            let count = cell["count"].as_u64().unwrap();
            if count == 0 {
                continue;
            }
            cells += 1;
            let query = cell["query"].as_str().unwrap();
            let listed = desk.json(&["search", query, "--limit", "100"]);
            let ids: Vec<&str> =
                listed["results"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
            let named: Vec<&str> =
                cell["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
            assert_eq!((ids.len() as u64, &ids), (count, &named), "{query}");
            assert_eq!(listed["notes"], serde_json::json!([]), "{query}");
        }
    }
    crate::faults::figure(&format!("{cells} cells of the patterns of the demo opened"));
}

#[test]
fn the_failure_that_came_back_is_one_group_and_nothing_else_is() {
    let desk = demo();
    let found = desk.json(&["patterns"]);
    let [group] = found["clusters"].as_array().unwrap().as_slice() else { panic!("{:#}", found["clusters"]) };
    let ids: Vec<&str> =
        group["members"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["INC-2026-0011", "INC-2025-0007"]);
    assert!(group["shared"].as_array().unwrap().contains(&"tag disk-full".into()), "{group:#}");
    let listed = desk.json(&["search", group["query"].as_str().unwrap()]);
    assert_eq!(listed["results"].as_array().unwrap().len(), 2);
    let text = desk.ok(&["patterns"]);
    for line in [
        "Alike (what may be the same failure again)",
        "By service",
        "By factor",
        "By detection",
        "lists a cell",
    ] {
        assert!(text.contains(line), "{text}");
    }
    println!("{text}");
}

#[test]
fn a_cell_within_a_query_asks_for_that_as_well() {
    let desk = demo();
    let mut narrower = 0;
    for query in ["severity:P1", "disk -dns", "since:2026-02 \"error"] {
        let found = desk.json(&["patterns", query, "--by", "service", "--by", "factor"]);
        for row in found["tables"].as_array().unwrap().iter().flat_map(|t| t["rows"].as_array().unwrap()) {
            for cell in row["cells"].as_array().unwrap().iter().filter(|cell| cell["count"] != 0) {
                let listed = |query: &str| {
                    let listed = desk.json(&["search", query, "--limit", "100"]);
                    listed["results"].as_array().unwrap().len() as u64
                };
                let asked = cell["query"].as_str().unwrap();
                assert_eq!(listed(asked), cell["count"].as_u64().unwrap(), "{asked}");
                let alone = asked.rsplitn(3, ' ').take(2).collect::<Vec<_>>();
                narrower += usize::from(listed(&alone.join(" ")) > cell["count"].as_u64().unwrap());
            }
        }
    }
    assert!(narrower > 0, "the query makes a difference somewhere");
    let text = desk.ok(&["patterns", "severity:P1", "--by", "service"]);
    assert!(text.contains("warroom search 'severity:P1 service:"), "{text}");
}

#[test]
fn a_query_narrows_and_what_is_not_understood_is_said() {
    let desk = demo();
    let all = desk.json(&["patterns", "--by", "service"]);
    let narrow = desk.json(&["patterns", "severity:P1 sevice:checkout", "--by", "service"]);
    assert!(narrow["counted"].as_u64() < all["counted"].as_u64());
    assert_eq!(narrow["tables"][0]["rows"][0]["value"], "checkout");
    assert_eq!(narrow["notes"][0], "sevice: is no field; read as service:");
    assert_eq!(narrow["clusters"], serde_json::json!([]), "only what was asked for");
    desk.run(&["patterns", "--by", "weather"]).refuses(2, "weather");
    assert!(desk.json(&["patterns", "zzzqqqxxx", "--by", "tag"])["counted"].as_u64() == Some(0));
    let none = Desk::new();
    assert_eq!(none.json(&["patterns"])["counted"], 0);
    assert!(!none.home().exists(), "asking makes no home");
}

#[test]
fn more_quarters_than_a_table_has_are_not_left_out_without_a_word() {
    let desk = Desk::new();
    desk.ok(&["init"]);
    let ran = desk.run(&["patterns", "--quarters", "100", "--json"]).code(0);
    assert_eq!(ran.json()["quarters"].as_array().unwrap().len(), 40);
    assert!(ran.err.contains("only the last 40 quarters"), "{ran:?}");
    assert_eq!(desk.run(&["patterns", "--quarters", "40"]).code(0).err, "");
}
