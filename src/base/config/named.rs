//! The parts of catchment.toml that name things of the user's own: organizations, providers,
//! territories, specialties, liaisons and goals. `parse` has the parts that only set values.

use super::document::{Found, Section};
use super::keys::nearest;
use super::rules;
use super::sections::{
    Goal, Liaison, Network, Override, SpecialtyConfig, Subject, Territory,
};
use super::values::{ByName, above_zero, end_of, npi_of, set_of, whole, zip};
use super::words::{Affiliation, Direction};
use crate::error::Result;
use crate::specialties;

pub(super) fn network(section: &Section) -> Result<Network> {
    let mut all = Network::default();

fn override_of(section: &Section) -> Result<Override> {
    let organization = section.maybe("organization_id", Found::text)?;

pub(super) fn territories(file: &Section) -> Result<ByName<Territory>> {
    let sections = file.named("territories")?;

pub(super) fn specialties(file: &Section) -> Result<ByName<SpecialtyConfig>> {
    let mut all = ByName::new();

fn specialty(section: &Section, group: &str) -> Result<SpecialtyConfig> {
    let mut all = SpecialtyConfig::DEFAULT;

pub(super) fn liaison(section: &Section, territories: &ByName<Territory>) -> Result<Liaison> {
    let territory = |found: &Found| {
        let name = found.text()?;

pub(super) fn goals(file: &Section) -> Result<Vec<Goal>> {
    let mut all: Vec<Goal> = Vec::new();
