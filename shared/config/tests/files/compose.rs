//! docker-compose.yml: the engine is given what it reads, with the same defaults.

use crate::{default, definition, dotenv, entries, file, of_one_machine, text, yaml};

/// Every `${NAME:-default}` of a text, as name and default.
fn references(text: &str) -> Vec<(&str, &str)> {
    let after = text.split("${").skip(1);
    after
        .map(|rest| rest.split_once('}').expect("a `${` is closed").0)
        .map(|inside| inside.split_once(":-").unwrap_or((inside, "")))
        .collect()
}

#[test]
fn the_engine_is_given_what_it_reads() {
    let compose = yaml("docker-compose.yml");
    let environment = entries(&compose["services"]["engine"]["environment"]);
    assert!(!environment.is_empty());
    for (name, value) in environment {
        let variable = of_one_machine(&name);
        let variable = variable.unwrap_or_else(|| panic!("the engine reads no {name}"));
        let mut value = text(value);
        for (other, default) in references(&value.clone()) {
            // A variable that goes through keeps its name; others may be parts of a value.
            let is_whole = value == format!("${{{other}:-{default}}}");
            assert!(!is_whole || other == name, "{name} is given {other}");
            value = value.replace(&format!("${{{other}:-{default}}}"), default);
        }
        let is_empty = value.is_empty();
        assert!(
            is_empty || (variable.check)(&value).is_ok(),
            "{name}: {value}"
        );
    }
}

#[test]
fn what_compose_asks_for_has_the_default_that_is_written_elsewhere() {
    let settings = dotenv::settings();
    let compose = file("docker-compose.yml");
    for (name, value) in references(&compose) {
        match definition(name) {
            Some(variable) => assert_eq!(value, default(variable), "{name}"),
            None => {
                let section = dotenv::COMPOSE_ONLY;
                let line = (section.to_owned(), name.to_owned(), value.to_owned());
                assert!(settings.contains(&line), ".env.example has no {line:?}");
            }
        }
    }
    let only_compose = settings
        .iter()
        .filter(|(section, ..)| section == dotenv::COMPOSE_ONLY);
    for (_, name, value) in only_compose {
        let reference = (name.as_str(), value.as_str());
        assert!(references(&compose).contains(&reference), "{reference:?}");
    }
}
