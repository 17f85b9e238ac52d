//! The HTML form: one file, no script, nothing loaded from anywhere, readable on a phone and on paper. Every text
//! from the log goes through [`escape`]. It must not choose what leaves.

use super::sheet::{Sheet, Table};
use crate::domain::safe::SafeText;

/// Nothing may be loaded or run, whatever a text manages to say.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE: &str = "\
:root{color-scheme:light dark}
body{font:16px/1.45 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.2}h2{font-size:1.15rem;margin-top:2rem}h3{font-size:1rem;margin:1rem 0 .2rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{font-weight:600}dd{margin:0}
ul{margin:.2rem 0;padding-left:1.2rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #8886}
td{white-space:pre-wrap}
footer{margin-top:2rem;font-size:.85rem}
@media(max-width:40rem){thead{display:none}tr{display:block;padding:.5rem 0;border-bottom:1px solid #8886}\
td{display:block;border:0;padding:0}td:empty{display:none}td::before{content:attr(data-label) ': ';font-weight:600}}
@media print{body{max-width:none;padding:0;font-size:10pt}tr,li{break-inside:avoid}h2,h3{break-after:avoid}\
thead{display:table-header-group}}
";

/// Makes text plain in HTML, inside an element or a quoted attribute.
pub(super) fn escape(text: &str) -> String {
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
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<dl>\n"
    );
    for (name, fact) in &sheet.facts {
        html.push_str(&format!("<dt>{name}</dt><dd>{}</dd>\n", escape(fact)));
    }
    html.push_str("</dl>\n<section>\n<h2>Brief</h2>\n");
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
    html.push_str("</section>\n");
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

fn push_table(html: &mut String, table: &Table) {
    html.push_str(&format!("<section>\n<h2>{}</h2>\n<table>\n<thead><tr>", table.heading));
    for column in table.columns {
        html.push_str(&format!("<th scope=\"col\">{column}</th>"));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        html.push_str("<tr>");
        for (column, cell) in table.columns.iter().zip(row) {
            html.push_str(&format!("<td data-label=\"{column}\">{}</td>", linked(cell)));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n</section>\n");
}
