//! Those whom the resources of an export refer to: practitioners with their roles, organizations,
//! and places of work.

use std::collections::BTreeSet;

use super::{NPI, NUCC, actor, practice_id, reference, role_id};
use crate::layouts::json::{Json, object, one, text};
use crate::layouts::{Named, Post};
use crate::organizations::Organization;
use crate::roster::Provider;
use crate::world::World;

/// Adds the lists to the files of practitioners, roles, organizations and locations, which are the
/// fifth to the eighth.
pub(super) fn push(world: &World, named: &Named, files: &mut [Vec<u8>]) {
    let posts: BTreeSet<Post> = named.from.union(&named.to).copied().collect();
    let people: BTreeSet<u32> = posts.iter().map(|post| post.0).collect();
    let mut owners = BTreeSet::new();
    let mut places = BTreeSet::new();
    for number in people {
        let row = &world.roster.providers[number as usize];
        if !row.is_organization {
            person(&format!("N{number}"), &row.name, Some(&row.npi)).push_line(&mut files[4]);
        }
    }
    for post in &posts {
        let row = &world.roster.providers[post.0 as usize];
        let owner = owner(world, *post);
        owners.insert(&owner.id);
        places.insert(practice_id(world, *post));
        if row.is_organization {
            facility(world, *post, row, owner).push_line(&mut files[6]);
        } else {
            role(world, *post, row, owner).push_line(&mut files[5]);
        }
    }
    for number in &named.strangers {
        strange(world, *number, files);
    }
    for organization in &world.roster.organizations {
        if owners.contains(&organization.id) {
            house(&organization.id, &organization.name).push_line(&mut files[6]);
        }
    }
    for practice in &world.roster.practices {
        if places.contains(practice.id.as_str()) {
            let zip = &world.land.zips[practice.zip as usize].place.zip;
            location(&practice.id, &practice.name, zip).push_line(&mut files[7]);
        }
    }
}

/// Who owns a post.
fn owner(world: &World, (provider, _, is_sold): Post) -> &Organization {
    let practice = world.roster.practice(provider, 0);
    let number = match practice.moved {
        Some((_, organization)) if is_sold => organization,
        _ => practice.organization,
    };
    &world.roster.organizations[number as usize]
}

fn npi(value: &str) -> Json {
    let system = if value.is_empty() { "" } else { NPI };
    one(object([("system", text(system)), ("value", text(value))]))
}

fn person(id: &str, name: &str, number: Option<&str>) -> Json {
    let (given, family) = name.split_once(' ').unwrap_or(("", name));
    object([
        ("resourceType", text("Practitioner")),
        ("id", text(id)),
        ("identifier", npi(number.unwrap_or(""))),
        (
            "name",
            one(object([
                ("family", text(family)),
                ("given", one(text(given))),
            ])),
        ),
    ])
}

fn role(world: &World, post: Post, row: &Provider, owner: &Organization) -> Json {
    let code = row.specialty.nucc_codes.first();
    let coding = object([
        ("system", text(if code.is_some() { NUCC } else { "" })),
        ("code", text(code.map_or("", String::as_str))),
    ]);
    let place = format!("Location/{}", practice_id(world, post));
    object([
        ("resourceType", text("PractitionerRole")),
        ("id", text(role_id(post))),
        (
            "practitioner",
            reference(&format!("Practitioner/N{}", post.0)),
        ),
        (
            "organization",
            reference(&format!("Organization/{}", owner.id)),
        ),
        (
            "specialty",
            one(object([
                ("coding", one(coding)),
                ("text", text(row.specialty.name.as_str())),
            ])),
        ),
        ("location", one(reference(&place))),
    ])
}

/// An imaging centre or the like is an organization that belongs to another.
fn facility(world: &World, post: Post, row: &Provider, owner: &Organization) -> Json {
    let id = actor(world, post);
    object([
        ("resourceType", text("Organization")),
        ("id", text(id.rsplit('/').next().unwrap_or_default())),
        ("identifier", npi(&row.npi)),
        ("name", text(row.name.as_str())),
        ("partOf", reference(&format!("Organization/{}", owner.id))),
    ])
}

/// Someone outside, with an organization of whom nothing else is known.
fn strange(world: &World, number: u32, files: &mut [Vec<u8>]) {
    let stranger = &world.strangers[number as usize];
    let id = format!("S{number}");
    person(&id, &stranger.name, stranger.npi.as_deref()).push_line(&mut files[4]);
    let role = object([
        ("resourceType", text("PractitionerRole")),
        ("id", text(format!("{id}-role"))),
        ("practitioner", reference(&format!("Practitioner/{id}"))),
        (
            "organization",
            reference(&format!("Organization/{id}-house")),
        ),
    ]);
    role.push_line(&mut files[5]);
    house(&format!("{id}-house"), &stranger.organization).push_line(&mut files[6]);
}

fn house(id: &str, name: &str) -> Json {
    object([
        ("resourceType", text("Organization")),
        ("id", text(id)),
        ("name", text(name)),
    ])
}

fn location(id: &str, name: &str, zip: &str) -> Json {
    object([
        ("resourceType", text("Location")),
        ("id", text(id)),
        ("name", text(name)),
        ("address", object([("postalCode", text(zip))])),
    ])
}
