//! A lazy frame's rows in batches, in order and in bounded memory, from the streaming engine.

use std::num::NonZeroUsize;
use std::sync::mpsc::sync_channel;

use polars::prelude::*;

/// Rows of a batch, and of a row group.
pub(super) const BATCH: usize = 131_072;

/// Runs a frame on a thread of its own. Dropping the iterator ends it. Where the engine dies, the
/// batches end early: the caller counts rows and notices.
pub(super) fn batches(
    frame: LazyFrame,
) -> PolarsResult<impl Iterator<Item = PolarsResult<DataFrame>>> {
    let (send, receive) = sync_channel::<PolarsResult<DataFrame>>(1);
    let failures = send.clone();
    let sink = frame.sink_batches(
        // The callback's answer says whether to stop: nobody listens any more.
        PlanCallback::new(move |batch| Ok(send.send(Ok(batch)).is_err())),
        true,
        NonZeroUsize::new(BATCH),
    )?;
    std::thread::spawn(move || {
        if let Err(error) = sink.collect_with_engine(Engine::Streaming) {
            failures.send(Err(error)).ok();
        }
    });
    Ok(receive.into_iter())
}
