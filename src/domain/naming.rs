//! Which known services a text names. Pure: it must not know where they are known from.

/// The services that a text names as whole words, without case, in the order of the text. Of two names that overlap
/// the longer one counts: `payments-db` is not `payments`.
#[must_use]
pub fn named_services(text: &str, known: &[String]) -> Vec<String> {
    let words = parts(text);
    let mut names: Vec<(Vec<String>, &str)> =
        known.iter().map(|name| (parts(name), name.trim())).filter(|(parts, _)| is_a_name(parts)).collect();
    names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.1.cmp(b.1)));
    let mut taken = vec![false; words.len()];
    let mut found: Vec<(usize, String)> = Vec::new();
    for (name, written) in names {
        for at in 0..words.len() {
            let end = at.saturating_add(name.len());
            let here = words.get(at..end).is_some_and(|here| here == name.as_slice());
            let Some(places) = taken.get_mut(at..end).filter(|places| here && !places.contains(&true)) else {
                continue;
            };
            places.fill(true);
            if !found.iter().any(|(_, other)| parts(other) == name) {
                found.push((at, written.to_owned()));
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, name)| name).collect()
}

/// One letter, or nothing, is found in every text.
fn is_a_name(parts: &[String]) -> bool {
    parts.iter().map(|part| part.chars().count()).sum::<usize>() >= 2
}

fn parts(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, expected: &[&str]) {
        let known = ["payments", "payments-db", "Checkout", "checkout", "card auth", "é", "-", ""];
        assert_eq!(named_services(title, &known.map(str::to_owned)), expected, "{title:?}");
    }

    #[test]
    fn whole_words_name_a_service_in_the_order_of_the_title() {
        check("checkout slow, PAYMENTS too", &["Checkout", "payments"]);
        check("payments-db is full", &["payments-db"]);
        check("payments db and payments", &["payments-db", "payments"]);
        check("card-auth answers 500", &["card auth"]);
        check("repayments are late; é -", &[]);
        check("", &[]);
    }
}
