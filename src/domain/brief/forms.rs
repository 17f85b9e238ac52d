//! The brief in other forms: Markdown, and a page of HTML that needs nothing else. It must not choose what is said.

use super::{Brief, LINKS};
use crate::domain::export::html_text;
use crate::domain::postmortem::markdown::{escaped, inert};
use crate::domain::safe::SafeText;

impl Brief {
    /// The brief as Markdown: a heading a section, a list of its lines. Words of the log are never markup, and addresses
    /// and names among them stay text; those that were filed as links do not.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("# {}\n", inert(&one_line(&self.title)));
        for section in &self.sections {
            text.push_str(&format!("\n## {}\n\n", section.heading));
            if section.lines.is_empty() {
                text.push_str("nothing yet\n");
            }
            let write = if section.heading == LINKS { escaped } else { inert };
            for line in &section.lines {
                text.push_str(&format!("- {}\n", write(&one_line(line))));
            }
        }
        text
    }

    /// The brief as a page of HTML without script, style sheet or picture from elsewhere.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = html_text(&one_line(&self.title));
        let mark = |mark: &String| format!("<p class=\"mark\">{}</p>\n", html_text(mark));
        let mut body: String = self.marks.iter().map(mark).collect();
        body.push_str(&format!("<h1>{title}</h1>\n<p>{OF_THAT_MOMENT}</p>\n"));
        for section in &self.sections {
            body.push_str(&format!("<h2>{}</h2>\n", section.heading));
            if section.lines.is_empty() {
                body.push_str("<p>nothing yet</p>\n");
                continue;
            }
            body.push_str("<ul>\n");
            for line in &section.lines {
                body.push_str(&format!("<li>{}</li>\n", html_text(&one_line(line))));
            }
            body.push_str("</ul>\n");
        }
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>body{{font:16px/1.45 system-ui,sans-serif;max-width:48rem;margin:0 auto;padding:1rem;\
             overflow-wrap:anywhere}}h1{{font-size:1.3rem}}h2{{font-size:1.05rem;margin:1rem 0 .2rem}}\
             ul{{margin:.2rem 0;padding-left:1.2rem}}.mark{{font-weight:700;border:2px solid;padding:.1rem .5rem;\
             display:inline-block;margin:0 .3rem 0 0}}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
        )
    }
}

/// What whoever reads the page later has to know of its spans.
pub(in crate::domain) const OF_THAT_MOMENT: &str =
    "What is left or over was so at that moment, and has gone on since.";

fn one_line(text: &str) -> String {
    SafeText::line(text).into_string()
}
