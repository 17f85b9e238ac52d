//! Patterns as a list for a screen: each group and each cell with something in it is a line that opens its incidents.

use super::Patterns;

/// A line that opens incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it belongs to: `service checkout, steady`.
    pub heading: String,
    /// Which part of that: a quarter, or what a group shares.
    pub label: String,
    /// How many incidents.
    pub count: u64,
    /// Their ids, the newest first; perhaps not all.
    pub ids: Vec<String>,
    /// The query that lists them.
    pub query: String,
}

impl Patterns {
    /// The groups, then the cells of each value, the newest quarter first.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let only = self.compared_only().map(|only| format!(" ({only})")).unwrap_or_default();
        for cluster in &self.clusters {
            let shared = cluster.shared.join(", ");
            lines.push(Line {
                heading: format!("Alike: what may be the same failure again{only}"),
                label: if shared.is_empty() { "close in meaning".to_owned() } else { shared },
                count: cluster.members.len() as u64,
                ids: cluster.members.iter().map(|member| format!("{} {}", member.id, member.title)).collect(),
                query: cluster.query.clone(),
            });
        }
        for table in &self.tables {
            for row in &table.rows {
                let heading = format!("{} {}: {}", table.by, row.value, row.trend.as_str());
                for cell in row.cells.iter().rev().filter(|cell| cell.count > 0) {
                    lines.push(Line {
                        heading: heading.clone(),
                        label: cell.quarter.to_string(),
                        count: cell.count,
                        ids: cell.ids.clone(),
                        query: cell.query.clone(),
                    });
                }
            }
        }
        lines
    }
}
