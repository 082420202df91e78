/// An engine of RDS, as far as its rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// PostgreSQL, and Aurora with its protocol. The first number of a version is the major one.
    Postgres,
    /// MySQL, and Aurora with its protocol.
    Mysql,
    /// Any other: the first two numbers of a version are taken for the major one, as MySQL's are.
    Other,
}

// === impl Engine ===

impl Engine {
    /// The engine of a name, as `engine` of an `Instance` or of AWS has it.
    pub fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "postgres" | "aurora-postgresql" => Self::Postgres,
            "mysql" | "aurora-mysql" => Self::Mysql,
            _ => Self::Other,
        }
    }

    /// What stays the same over minor versions: `16` of `16.4`, `8.0` of `8.0.39`; the whole of a shorter one.
    pub fn major_version(self, version: &str) -> &str {
        let version = version.trim();
        let end = version.match_indices('.').nth(self.major_parts() - 1);
        end.map_or(version, |(end, _)| &version[..end])
    }

    /// Whether going from one version to another changes the major version. What a shorter one leaves open is not
    /// different: from `8.0.39` to `8` is none.
    pub fn is_major_upgrade(self, from: &str, to: &str) -> bool {
        let parts = |version| self.major_version(version).split('.');
        parts(from).zip(parts(to)).any(|(from, to)| from != to)
    }

    /// What the names of environment variables begin with by which clients find a database: `POSTGRES` or `MYSQL`.
    pub fn environment_prefix(self) -> &'static str {
        match self {
            Self::Postgres => "POSTGRES",
            Self::Mysql | Self::Other => "MYSQL",
        }
    }

    fn major_parts(self) -> usize {
        match self {
            Self::Postgres => 1,
            Self::Mysql | Self::Other => 2,
        }
    }
}

/// The family of parameter groups that an engine of a version takes: `postgres16`, `mysql8.0`.
pub fn parameter_group_family(engine: &str, version: &str) -> String {
    format!("{engine}{}", Engine::of(engine).major_version(version))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("postgres", "16.4", "16")]
    #[case("postgres", "16", "16")]
    #[case("aurora-postgresql", "16.4", "16")]
    #[case("mysql", "8.0.39", "8.0")]
    #[case("mysql", "8.4", "8.4")]
    #[case("mysql", "8", "8")]
    #[case("mariadb", "10.11.8", "10.11")]
    fn a_major_version_is_what_minor_ones_share(
        #[case] engine: &str,
        #[case] version: &str,
        #[case] major: &str,
    ) {
        assert_eq!(Engine::of(engine).major_version(version), major);
        assert_eq!(parameter_group_family(engine, version), format!("{engine}{major}"));
    }

    #[rstest]
    #[case::minor("postgres", "16.3", "16.10", false)]
    #[case::to_a_line("postgres", "16.3", "16", false)]
    #[case::major("postgres", "16.3", "17", true)]
    #[case::back("postgres", "17.2", "16", true)]
    #[case::patch("mysql", "8.0.39", "8.0.40", false)]
    #[case::second_number("mysql", "8.0.39", "8.4", true)]
    #[case::left_open("mysql", "8.0.39", "8", false)]
    #[case::first_number("mysql", "5.7.44", "8", true)]
    fn an_upgrade_is_major_or_not(
        #[case] engine: &str,
        #[case] from: &str,
        #[case] to: &str,
        #[case] is_major: bool,
    ) {
        assert_eq!(Engine::of(engine).is_major_upgrade(from, to), is_major);
    }

    #[test]
    fn variables_are_named_for_the_protocol() {
        assert_eq!(Engine::of("aurora-postgresql").environment_prefix(), "POSTGRES");
        assert_eq!(Engine::of("aurora-mysql").environment_prefix(), "MYSQL");
    }
}
