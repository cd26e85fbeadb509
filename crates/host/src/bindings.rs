//! The table as TypeScript, in one string for one file.

use crate::{Failure, table};
use std::{
    any::TypeId,
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
};
use ts_rs::{Config, TS, TypeVisitor};

/// Gathers commands, events and the declarations of every type they name.
pub(crate) struct Collector {
    cfg: Config,
    commands: String,
    events: String,
    declarations: BTreeMap<String, String>,
    seen: HashSet<TypeId>,
}

impl Collector {
    pub(crate) fn command<A: TS + 'static, R: TS + 'static>(&mut self, name: &str, doc: &str) {
        let (args, result) = (A::name(&self.cfg), R::name(&self.cfg));
        let _ = writeln!(
            self.commands,
            "  /**{doc} */\n  {name}: {{ args: {args}; result: {result} }};"
        );
        self.visit::<A>();
        self.visit::<R>();
    }

    pub(crate) fn event<P: TS + 'static>(&mut self, name: &str, doc: &str) {
        let _ = writeln!(self.events, "  /**{doc} */\n  {name}: {};", P::name(&self.cfg));
        self.visit::<P>();
    }
}

impl TypeVisitor for Collector {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Primitives have no place of their own and so no declaration.
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            self.declarations
                .insert(T::ident(&self.cfg), format!("{docs}export {}", T::decl(&self.cfg)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// The whole file.
pub fn typescript() -> String {
    let mut collector = Collector {
        cfg: Config::new().with_large_int("number"),
        commands: String::new(),
        events: String::new(),
        declarations: BTreeMap::new(),
        seen: HashSet::new(),
    };
    table::commands(&mut collector);
    table::events(&mut collector);
    collector.visit::<Failure>();
    let mut file = String::from(
        "// Written by `cargo xtask bindings` from crates/host/src/table.rs. Do not edit: a test compares it.\n\n",
    );
    let _ = writeln!(file, "export interface Commands {{\n{}}}\n", collector.commands);
    let _ = writeln!(file, "export interface Events {{\n{}}}\n", collector.events);
    let codes: Vec<_> = Failure::codes().iter().map(|code| format!("\"{code}\"")).collect();
    let _ = writeln!(
        file,
        "/** Every code a `Failure` can have. A newer gateway may send others. */\nexport type FailureCode = {};\n",
        codes.join(" | ")
    );
    let _ = writeln!(
        file,
        "/** Digits of every PIN that is chosen; an older one may be longer. */\nexport const PIN_DIGITS = {};\n",
        domain::pin::DIGITS
    );
    for declaration in collector.declarations.values() {
        let _ = writeln!(file, "{}\n", declaration.trim_end());
    }
    file.truncate(file.trim_end().len());
    file.push('\n');
    file
}
