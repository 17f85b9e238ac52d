//! The HTML form: one file, no script, nothing loaded from anywhere, readable on a phone and on paper. Every text
//! from the log goes through [`escape`]. It must not choose what leaves.

use super::sheet::{Sheet, Table};
use crate::domain::brief::OF_THAT_MOMENT;
use crate::domain::safe::SafeText;

/// Nothing may be loaded or run, whatever a text manages to say.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE: &str = "\
:root{color-scheme:light dark}
body{font:16px/1.45 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.15rem;margin-top:2rem}
h3{font-size:1rem;margin:1rem 0 .2rem}p{margin:.2rem 0}
.mark{font-weight:700;border:2px solid;padding:.1rem .5rem;display:inline-block}
.now{font-weight:600}
nav{margin:.6rem 0;font-size:.9rem}nav a{display:inline-block;padding:.2rem .8rem .2rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{font-weight:600}dd{margin:0}
ul{margin:.2rem 0;padding-left:1.2rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #8886}
td{white-space:pre-wrap}
.fixed{white-space:nowrap}.short{min-width:6rem}.long{min-width:12rem}
tr.system{opacity:.75}
footer{margin-top:2rem;font-size:.85rem}
@media screen and (max-width:60rem){thead{display:none}tr{display:block;padding:.5rem 0;border-bottom:1px solid #8886}\
td{display:block;border:0;padding:0;min-width:0}td:empty{display:none}\
td::before{content:attr(data-label) ': ';font-weight:600}\
.lines tr{display:flex;flex-wrap:wrap;gap:0 .5rem}.lines td{font-size:.8rem;white-space:pre-wrap}\
.lines td::before{content:none}.lines td[data-label=Late]:not(:empty)::before{content:'late '}\
.lines td.long{order:1;flex-basis:100%;font-size:1rem}}
@media print{body{max-width:none;padding:0;font-size:10pt}nav{display:none}a{color:inherit}\
.short{min-width:4.6rem}.long{min-width:9rem}th,td{padding:.2rem .3rem}\
tr,li{break-inside:avoid}h2,h3{break-after:avoid}thead{display:table-header-group}}
";

/// How wide a column has to be: some hold words of a fixed length, some a name, some whatever people wrote.
fn class(column: &str) -> &'static str {
    match column {
        "Time (UTC)" | "Kind" | "Late" | "State" | "Due" | "Since" | "From" | "To" | "No" | "Bytes"
        | "Audience" | "Next promised" => "fixed",
        "What" | "Decision" | "Hypothesis" | "Task" | "Text" | "Step" | "What must change" | "Asset"
        | "Where" => "long",
        _ => "short",
    }
}

/// Makes text plain in HTML, inside an element or a quoted attribute.
pub(in crate::domain) fn escape(text: &str) -> String {
    let safe = SafeText::block(text);
    let mut out = String::with_capacity(safe.as_str().len() + 16);
    for c in safe.as_str().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A text that is nothing but a web address becomes a link; any other stays text.
fn linked(text: &str) -> String {
    let web = text.starts_with("https://") || text.starts_with("http://");
    let plain = escape(text);
    if web && text.chars().all(|c| c.is_ascii_graphic()) {
        format!("<a href=\"{plain}\" rel=\"noopener noreferrer nofollow\">{plain}</a>")
    } else {
        plain
    }
}

pub(super) fn render(sheet: &Sheet) -> String {
    let title = escape(&SafeText::line(&sheet.title).into_string());
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
    for mark in &sheet.marks {
        html.push_str(&format!("<p class=\"mark\">{}</p>\n", escape(mark)));
    }
    html.push_str(&format!("<h1>{title}</h1>\n<p class=\"now\">{}</p>\n", escape(&sheet.now)));
    if !sheet.tables.is_empty() {
        html.push_str("<nav>\n<a href=\"#facts\">Facts</a>\n");
        for table in &sheet.tables {
            let (at, name) = (anchor(table.heading), table.heading);
            html.push_str(&format!("<a href=\"#{at}\">{name}</a>\n"));
        }
        html.push_str("</nav>\n");
    }
    // Whoever opens it on a phone wants to know how it stands; dates and names come after.
    html.push_str("<section>\n<h2>Brief (times in UTC)</h2>\n");
    html.push_str(&format!("<p>{OF_THAT_MOMENT}</p>\n"));
    for section in &sheet.brief.sections {
        html.push_str(&format!("<h3>{}</h3>\n", section.heading));
        if section.lines.is_empty() {
            html.push_str("<p>nothing yet</p>\n");
            continue;
        }
        html.push_str("<ul>\n");
        for line in &section.lines {
            html.push_str(&format!("<li>{}</li>\n", escape(line)));
        }
        html.push_str("</ul>\n");
    }
    html.push_str("</section>\n<section>\n<h2 id=\"facts\">Facts</h2>\n<dl>\n");
    for (name, fact) in &sheet.facts {
        html.push_str(&format!("<dt>{name}</dt><dd>{}</dd>\n", escape(fact)));
    }
    html.push_str("</dl>\n</section>\n");
    for table in &sheet.tables {
        push_table(&mut html, table);
    }
    html.push_str("<footer>\n");
    for line in &sheet.foot {
        html.push_str(&format!("<p>{}</p>\n", escape(line)));
    }
    html.push_str("</footer>\n</body>\n</html>\n");
    html
}

/// The name by which a heading of ours is reached within the page.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-")
}

fn push_table(html: &mut String, table: &Table) {
    let heading = table.heading;
    let lines = if heading == "Timeline" { " class=\"lines\"" } else { "" };
    let note =
        if table.note.is_empty() { String::new() } else { format!("<p>{}</p>\n", escape(&table.note)) };
    html.push_str(&format!(
        "<section>\n<h2 id=\"{}\">{heading}</h2>\n{note}<table{lines}>\n<thead><tr>",
        anchor(heading)
    ));
    for column in table.columns {
        html.push_str(&format!("<th scope=\"col\" class=\"{}\">{column}</th>", class(column)));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        let system = row.get(1).is_some_and(|kind| kind == "system") && !lines.is_empty();
        html.push_str(if system { "<tr class=\"system\">" } else { "<tr>" });
        for (column, cell) in table.columns.iter().zip(row) {
            let (class, text) = (class(column), linked(cell));
            html.push_str(&format!("<td class=\"{class}\" data-label=\"{column}\">{text}</td>"));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n</section>\n");
}
