//! Matches on what orders are, may do and go through are exhaustive: whoever adds a status, an
//! event or a kind is led by the compiler to every place that has to decide about it.

use syn::{
    Arm, ExprMatch, ItemImpl, Macro, Pat, Type,
    visit::{self, Visit},
};

use crate::source::{Findings, product};

/// The types whose matches must name every case.
const EXHAUSTIVE: [&str; 3] = ["Status", "OrderEvent", "OrderKind"];
/// What the table of transitions calls two of them.
const SHORT: [&str; 2] = ["S", "E"];

#[derive(Default)]
struct Matches {
    /// The type whose methods are being read.
    of: Option<String>,
    lazy: Vec<String>,
}

impl Matches {
    fn names_a_case(&self, path: &syn::Path) -> bool {
        let mut segments = path.segments.iter().rev().skip(1);
        segments.next().is_some_and(|owner| {
            let owner = owner.ident.to_string();
            EXHAUSTIVE.contains(&owner.as_str())
                || SHORT.contains(&owner.as_str())
                || owner == "Self"
                    && self
                        .of
                        .as_deref()
                        .is_some_and(|of| EXHAUSTIVE.contains(&of))
        })
    }
}

/// Collects the paths in a pattern.
#[derive(Default)]
struct Paths(Vec<syn::Path>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0.push(path.clone());
        visit::visit_path(self, path);
    }
}

fn paths(pattern: &Pat) -> Vec<syn::Path> {
    let mut paths = Paths::default();
    paths.visit_pat(pattern);
    paths.0
}

/// `_`, or a name that takes everything.
fn takes_everything(arm: &Arm) -> bool {
    match &arm.pat {
        Pat::Wild(_) => true,
        Pat::Ident(name) => {
            name.subpat.is_none() && name.ident.to_string().starts_with(char::is_lowercase)
        }
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Matches {
    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let before = self.of.take();
        if let Type::Path(of) = item.self_ty.as_ref() {
            self.of = of.path.segments.last().map(|name| name.ident.to_string());
        }
        visit::visit_item_impl(self, item);
        self.of = before;
    }

    fn visit_expr_match(&mut self, expression: &'ast ExprMatch) {
        let about = expression
            .arms
            .iter()
            .flat_map(|arm| paths(&arm.pat))
            .find(|path| self.names_a_case(path));
        if let Some(path) = about
            && expression.arms.iter().any(takes_everything)
        {
            let case = path.segments.last().map(|name| name.ident.to_string());
            self.lazy.push(case.unwrap_or_default());
        }
        visit::visit_expr_match(self, expression);
    }

    /// `matches!` has a hidden arm for the rest.
    fn visit_macro(&mut self, call: &'ast Macro) {
        if call.path.is_ident("matches") {
            let text = call.tokens.to_string();
            let named = EXHAUSTIVE.iter().any(|name| {
                text.split(|c: char| !c.is_alphanumeric())
                    .any(|word| word == *name)
            });
            if named {
                self.lazy.push(text);
            }
        }
    }
}

#[test]
fn no_match_on_status_event_or_kind_has_an_arm_for_the_rest() {
    let mut findings = Findings::default();
    for source in product() {
        let file = syn::parse_file(source.code());
        let file = file.unwrap_or_else(|error| panic!("{}: {error}", source.path));
        let mut matches = Matches::default();
        matches.visit_file(&file);
        for case in matches.lazy {
            findings.note(&source, 0, case);
        }
    }
    findings.none("a match names one of these cases and has an arm for the rest");
}
