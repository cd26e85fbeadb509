//! As much of CycloneDX 1.6 as a list of what ships needs (<https://cyclonedx.org/docs/1.6/json/>).

use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bom {
    #[serde(rename = "$schema")]
    schema: &'static str,
    bom_format: &'static str,
    spec_version: &'static str,
    version: u32,
    pub metadata: Metadata,
    pub components: Vec<Component>,
    pub dependencies: Vec<Dependency>,
}

/// No time and no serial number: the same tree gives the same bytes.
#[derive(Serialize)]
pub struct Metadata {
    /// The program that the list is of.
    pub component: Component,
    pub properties: Vec<Property>,
}

#[derive(Serialize)]
pub struct Property {
    pub name: &'static str,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Component {
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Its name inside of the list.
    pub bom_ref: String,
    pub name: String,
    pub version: String,
    /// Where it can be had by everybody; ours cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<Hash>,
    pub licenses: [License; 1],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Application,
    Library,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hash {
    pub alg: &'static str,
    /// In hexadecimal.
    pub content: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct License {
    /// By SPDX.
    pub expression: String,
}

/// What one component is made with, by their names inside of the list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dependency {
    #[serde(rename = "ref")]
    pub of: String,
    pub depends_on: Vec<String>,
}

impl Bom {
    pub fn new(metadata: Metadata, components: Vec<Component>, dependencies: Vec<Dependency>) -> Bom {
        Bom {
            schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
            bom_format: "CycloneDX",
            spec_version: "1.6",
            version: 1,
            metadata,
            components,
            dependencies,
        }
    }
}
