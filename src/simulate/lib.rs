//! A made territory with planted truth: a state's real places, made organizations, providers and
//! patients, and referral exports as a health system would see them. It writes files and prints
//! nothing; what is planted stands in the folder `truth/`.

mod arrivals;
mod calendar;
mod course;
mod demand;
mod destinations;
mod exports;
mod layouts;
mod life;
mod mess;
mod names;
mod orders;
mod organizations;
mod patients;
mod people;
mod random;
mod referrers;
mod roster;
mod rows;
mod services;
mod settings;
mod sheets;
mod sites;
mod staffing;
mod tables;
mod territory;
mod truth;
mod truth_files;
mod world;

pub use layouts::{Form, Layout};
pub use settings::{Settings, Summary};
pub use territory::{simulate, simulate_as};
