#![doc = include_str!("../README.md")]

pub mod card;
pub mod fetch;
pub mod files;
pub mod fit;
pub mod studio;
pub mod workshop;
