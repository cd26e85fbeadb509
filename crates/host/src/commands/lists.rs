//! Commands that list: today, people, households, queue.

use crate::{
    Failure, Host,
    wire::{
        Nothing,
        lists::{List, Search},
    },
};
use app::{
    households::Household,
    views::{Found, Page, Queue, Task, Today},
};

impl Host {
    pub(crate) async fn today(&self, _: Nothing) -> Result<Today, Failure> {
        Ok(self.session()?.today()?)
    }

    pub(crate) async fn list(&self, args: List) -> Result<Page, Failure> {
        Ok(self.session()?.page(&args.states, args.offset, args.limit)?)
    }

    pub(crate) async fn search(&self, args: Search) -> Result<Vec<Found>, Failure> {
        Ok(self.session()?.search(&args.text, args.limit)?)
    }

    pub(crate) async fn households(&self, _: Nothing) -> Result<Vec<Household>, Failure> {
        Ok(self.session()?.households()?)
    }

    pub(crate) async fn tasks(&self, _: Nothing) -> Result<Vec<Task>, Failure> {
        Ok(self.session()?.tasks()?)
    }

    pub(crate) async fn queue(&self, _: Nothing) -> Result<Queue, Failure> {
        Ok(self.session()?.queue()?)
    }
}
