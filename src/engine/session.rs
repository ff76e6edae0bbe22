//! A session with its memory limit, its scratch folder for spilling, and its one runtime.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::DataFusionError;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use datafusion::physical_plan::execute_stream_partitioned;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use futures::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use tokio::task::JoinSet;

use super::value::{Parameters, bound};
use crate::base::{Error, Result, Table};

/// Rows that a writer of the scratch folder holds before it writes them.
const ROW_GROUP: usize = 1 << 18;

/// What a query gave, as it lies in the scratch folder.
#[derive(Debug, Clone)]
pub struct Stored {
    /// How many rows there are.
    pub rows: u64,
    /// Their columns.
    pub schema: Schema,
    /// The Parquet files.
    pub files: Vec<PathBuf>,
}

/// A DataFusion session and the runtime that drives it.
pub struct Engine {
    context: SessionContext,
    /// The same tables, with joins that spill instead of failing.
    frugal: SessionContext,
    runtime: tokio::runtime::Runtime,
}

impl Engine {
    /// A session that spills into `scratch` and holds at most `memory` bytes (where none is given,
    /// three fifths of what the machine has free) on `threads` partitions (else one a core).
    pub fn new(scratch: &Path, memory: Option<usize>, threads: Option<usize>) -> Result<Self> {
        let failed =
            |e: DataFusionError| Error::internal("the query engine can't start").because(e);
        let memory = memory.unwrap_or_else(|| free_memory() / 5 * 3);
        let threads = threads.unwrap_or_else(cores);
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![scratch.to_path_buf()]));
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(memory)))
            .with_disk_manager_builder(disk)
            .build_arc()
            .map_err(failed)?;
        let mut config = SessionConfig::new()
            .with_information_schema(true)
            .with_target_partitions(threads)
            .with_parquet_pruning(true);
        config.options_mut().sql_parser.map_string_types_to_utf8view = false;
        let state = SessionStateBuilder::new()
            .with_config(config.clone())
            .with_runtime_env(environment.clone())
            .with_default_features()
            .build();
        let context = SessionContext::new_with_state(state);
        // Hash joins don't spill; sort-merge joins do.
        config.options_mut().optimizer.prefer_hash_join = false;
        let state = SessionStateBuilder::new_from_existing(context.state())
            .with_config(config)
            .build();
        let frugal = SessionContext::new_with_state(state);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            // Plans of long marts are deep; DataFusion walks them on these threads.
            .thread_stack_size(8 << 20)
            .enable_all()
            .build()
            .map_err(|e| Error::internal("the query engine can't start").because(e))?;
        Ok(Self {
            context,
            frugal,
            runtime,
        })
    }

    /// Drives a future of another room's engine on this session's runtime.
    pub fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Registers Parquet files as one table with this schema; no file is an empty table.
    pub fn register_parquet(&self, name: &str, files: &[PathBuf], schema: &Schema) -> Result<()> {
        let schema: SchemaRef = Arc::new(schema.clone());
        if files.is_empty() {
            return self.register_batches(name, schema, vec![]);
        }
        let failed =
            |e: DataFusionError| Error::internal(format!("table {name} can't be read")).because(e);
        let mut urls = Vec::with_capacity(files.len());
        for file in files {
            let absolute =
                std::path::absolute(file).map_err(|e| Error::io("can't be read", file, e))?;
            let url = url::Url::from_file_path(&absolute)
                .map_err(|()| Error::internal("is no path of this system").at(file))?;
            urls.push(ListingTableUrl::parse(url.as_str()).map_err(failed)?);
        }
        let options =
            ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
        let config = ListingTableConfig::new_with_multi_paths(urls)
            .with_listing_options(options)
            .with_schema(schema);
        let table = ListingTable::try_new(config).map_err(failed)?;
        self.forget(name)?;
        self.context
            .register_table(name, Arc::new(table))
            .map_err(failed)?;
        Ok(())
    }

    /// Registers a small table that is held in memory; one of that name is replaced.
    pub fn register(&self, table: &Table) -> Result<()> {
        let batch = table.batch().clone();
        self.register_batches(table.name(), batch.schema(), vec![batch])
    }

    fn register_batches(
        &self,
        name: &str,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<()> {
        let failed =
            |e: DataFusionError| Error::internal(format!("table {name} can't be held")).because(e);
        self.forget(name)?;
        let table = MemTable::try_new(schema, vec![batches]).map_err(failed)?;
        self.context
            .register_table(name, Arc::new(table))
            .map_err(failed)?;
        Ok(())
    }

    /// Registers one Parquet file with the schema that it has.
    pub fn register_file(&self, name: &str, file: &Path) -> Result<()> {
        let bytes = std::fs::File::open(file).map_err(|e| Error::io("can't be read", file, e))?;
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes)
            .map_err(|e| Error::input("is no Parquet file").at(file).because(e))?;
        self.register_parquet(name, &[file.to_path_buf()], reader.schema().as_ref())
    }

    /// Gives a registered table a second name.
    pub fn alias(&self, name: &str, alias: &str) -> Result<()> {
        let failed = |e: DataFusionError| {
            Error::internal(format!("table {name} can't be named {alias}")).because(e)
        };
        let provider = self
            .runtime
            .block_on(self.context.table_provider(name))
            .map_err(failed)?;
        self.forget(alias)?;
        self.context
            .register_table(alias, provider)
            .map_err(failed)?;
        Ok(())
    }

    /// Takes a table out of the session; one that isn't there is no error.
    pub fn forget(&self, name: &str) -> Result<()> {
        self.context
            .deregister_table(name)
            .map_err(|e| Error::internal(format!("table {name}")).because(e))?;
        Ok(())
    }

    /// The names of the registered tables, sorted.
    pub fn tables(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .context
            .catalog_names()
            .iter()
            .filter_map(|c| self.context.catalog(c))
            .flat_map(|c| {
                c.schema_names()
                    .into_iter()
                    .filter_map(move |s| c.schema(&s))
            })
            .flat_map(|s| s.table_names())
            .collect();
        names.sort();
        names
    }

    /// Runs a query and returns its rows.
    pub fn query(&self, name: &str, sql: &str, parameters: &Parameters) -> Result<Table> {
        self.with_retry(name, |context| async move {
            let frame = plan(context, sql, parameters).await?;
            let schema = nullable(frame.schema().as_arrow());
            let batches = frame.collect().await?;
            Ok((schema, batches))
        })
        .and_then(|(schema, batches)| {
            let schema = Arc::new(schema);
            let batches = batches
                .iter()
                .map(|batch| with_schema(batch, &schema))
                .collect::<std::result::Result<Vec<_>, _>>()
                .map_err(|e| Error::internal(format!("query {name}")).because(e))?;
            Table::concat(name, &batches, &schema)
        })
    }

    /// Runs a query and writes its rows into Parquet files of the scratch folder: a file a partition, the
    /// first under this path, so that no partition waits for another's to be written.
    pub fn store(
        &self,
        name: &str,
        sql: &str,
        parameters: &Parameters,
        path: &Path,
    ) -> Result<Stored> {
        self.with_retry(name, |context| async move {
            let frame = plan(context, sql, parameters).await?;
            let schema: SchemaRef = Arc::new(nullable(frame.schema().as_arrow()));
            let task = Arc::new(frame.task_ctx());
            let plan = frame.create_physical_plan().await?;
            let streams = execute_stream_partitioned(Arc::clone(&plan), task)?;
            let mut writers = JoinSet::new();
            let mut files = Vec::with_capacity(streams.len());
            for (partition, stream) in streams.into_iter().enumerate() {
                let file = match partition {
                    0 => path.to_path_buf(),
                    more => path.with_extension(format!("{more}.parquet")),
                };
                writers.spawn(write_rows(stream, Arc::clone(&schema), file.clone()));
                files.push(file);
            }
            let mut rows = 0;
            while let Some(written) = writers.join_next().await {
                rows += written.map_err(|e| DataFusionError::External(Box::new(e)))??;
            }
            tracing::trace!(
                query = name,
                "analysed plan\n{}",
                DisplayableExecutionPlan::with_metrics(plan.as_ref()).indent(false)
            );
            Ok(Stored {
                rows,
                schema: schema.as_ref().clone(),
                files,
            })
        })
    }

    /// Registers what was stored.
    pub fn register_stored(&self, name: &str, stored: &Stored) -> Result<()> {
        self.register_parquet(name, &stored.files, &stored.schema)
    }

    /// The columns that a query gives, without running it.
    pub fn schema(&self, name: &str, sql: &str, parameters: &Parameters) -> Result<Schema> {
        self.runtime
            .block_on(plan(&self.context, sql, parameters))
            .map(|frame| nullable(frame.schema().as_arrow()))
            .map_err(|e| failed(name, e))
    }

    /// Runs with hash joins, and again with joins that spill where memory ran out.
    fn with_retry<'a, T, F, W>(&'a self, name: &str, work: W) -> Result<T>
    where
        F: Future<Output = datafusion::common::Result<T>>,
        W: Fn(&'a SessionContext) -> F,
    {
        match self.runtime.block_on(work(&self.context)) {
            Err(e) if matches!(e.find_root(), DataFusionError::ResourcesExhausted(_)) => {
                tracing::info!(
                    query = name,
                    "memory ran out, running again with joins that spill"
                );
                self.runtime
                    .block_on(work(&self.frugal))
                    .map_err(|e| failed(name, e))
            }
            other => other.map_err(|e| failed(name, e)),
        }
    }
}

/// Writes the rows of a stream into a Parquet file, and counts them. They are read again soon and then
/// gone, so they are not packed.
async fn write_rows(
    mut stream: SendableRecordBatchStream,
    schema: SchemaRef,
    path: PathBuf,
) -> datafusion::common::Result<u64> {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build();
    let file = std::fs::File::create(path)?;
    let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))?;
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        let batch = with_schema(&batch?, &schema)?;
        rows += batch.num_rows() as u64;
        writer.write(&batch)?;
    }
    writer.close()?;
    Ok(rows)
}

/// The schema with every column nullable. Plans and batches disagree on what can be null, so
/// nothing is promised; a mart's grain is checked for nulls by itself.
fn nullable(schema: &Schema) -> Schema {
    Schema::new(
        schema
            .fields()
            .iter()
            .map(|f| f.as_ref().clone().with_nullable(true))
            .collect::<Vec<_>>(),
    )
}

fn with_schema(
    batch: &RecordBatch,
    schema: &SchemaRef,
) -> std::result::Result<RecordBatch, arrow::error::ArrowError> {
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), batch.columns().to_vec(), &options)
}

async fn plan(
    context: &SessionContext,
    sql: &str,
    parameters: &Parameters,
) -> datafusion::common::Result<DataFrame> {
    let frame = context.sql(sql).await?;
    if parameters.is_empty() {
        Ok(frame)
    } else {
        frame.with_param_values(bound(parameters))
    }
}

fn failed(name: &str, error: DataFusionError) -> Error {
    let kind = match error.find_root() {
        DataFusionError::SQL(..) | DataFusionError::Plan(_) | DataFusionError::SchemaError(..) => {
            crate::base::Kind::Usage
        }
        DataFusionError::IoError(_) => crate::base::Kind::System,
        _ => crate::base::Kind::Internal,
    };
    Error::new(kind, format!("query {name} failed")).because(error.strip_backtrace())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The bytes of memory that are free on this machine, or 4 GB where it doesn't tell.
fn free_memory() -> usize {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<usize>().ok())
        .map_or(4 << 30, |kb| kb * 1024)
}
