//! The query of a `GET`: read liberally. Parameters that a route does not know are ignored, an
//! empty one counts as not given, of a repeated one the first counts.

/// The parameters of a request.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the part of the address after `?`. Never fails: what is no percent-encoding stays as
    /// it is written.
    pub(crate) fn parse(raw: Option<&str>) -> Self {
        Self(
            form_urlencoded::parse(raw.unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(given, _)| given == name)?;
        (!value.is_empty()).then_some(value)
    }

    /// The same query with another value for one parameter, written as ASCII.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let others = self.0.iter().filter(|(given, _)| given != name);
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(others)
            .append_pair(name, value)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn reads_liberally() {
        let query = Query::parse(Some("a=1&a=2&b=&c&%zz=%ff&d=x+y%26"));
        assert_eq!(query.get("a"), Some("1"));
        assert_eq!(query.get("b"), None);
        assert_eq!(query.get("c"), None);
        assert_eq!(query.get("d"), Some("x y&"));
        assert_eq!(Query::parse(None).get("a"), None);
    }

    #[test]
    fn another_page_keeps_the_rest_of_the_query() {
        let query = Query::parse(Some("limit=2&cursor=old&note=%3Cé>"));
        assert_eq!(
            query.with("cursor", "new"),
            "limit=2&note=%3C%C3%A9%3E&cursor=new"
        );
    }
}
