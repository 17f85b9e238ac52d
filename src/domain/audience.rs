//! For whom an update is. It must not hold texts.

use crate::domain::words::words;

words! {
    /// The one for whom an update is, in the order in which they are told (seed `003…`, customer communication).
    Audience "audience" {
        /// The team, leadership, legal.
        Internal = "internal" | "team",
        /// Those who are touched.
        Customers = "customers" | "customer",
        /// Everybody: status page, blog.
        Public = "public" | "status page",
        /// Authorities.
        Regulator = "regulator" | "regulators" | "authority",
    }
}
