//! The plan of a Map Run: what its state's fields came to. Remembered as JSON beside the event that starts the run.

use std::sync::Arc;

use asl::{Json, Number};

/// What the fields of a distributed Map came to, when it was entered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// `MaxConcurrency`; 0 means no bound of its own.
    pub max_concurrency: u32,
    /// `ToleratedFailureCount`.
    pub tolerated_failure_count: Option<u32>,
    /// `ToleratedFailurePercentage`, from 0 to 100.
    pub tolerated_failure_percentage: Option<f64>,
    /// `ItemReader`'s `Parameters` or `Arguments`.
    pub reader: Option<Json>,
    /// `ReaderConfig.MaxItems`; a negative one fails when the items are read, as on AWS.
    pub max_items: Option<i64>,
    /// `ItemBatcher.MaxItemsPerBatch`.
    pub max_items_per_batch: Option<u32>,
    /// `ItemBatcher.MaxInputBytesPerBatch`.
    pub max_input_bytes_per_batch: Option<u32>,
    /// `ItemBatcher.BatchInput`.
    pub batch_input: Option<Json>,
    /// `ResultWriter`'s `Parameters` or `Arguments`.
    pub writer: Option<Place>,
}

/// Where results are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `Bucket`.
    pub bucket: Arc<str>,
    /// `Prefix`; empty where it is absent.
    pub prefix: Arc<str>,
}

impl Plan {
    /// As it is remembered. What is absent is left out.
    pub fn to_json(&self) -> Json {
        let count = |count: Option<u32>| count.map(Json::from);
        let percentage = self.tolerated_failure_percentage.and_then(Number::from_f64).map(Json::Number);
        let writer = self.writer.as_ref().map(|place| {
            Json::object([
                ("Bucket", Json::String(place.bucket.clone())),
                ("Prefix", Json::String(place.prefix.clone())),
            ])
        });
        let members = [
            ("MaxConcurrency", Some(Json::from(self.max_concurrency))),
            ("ToleratedFailureCount", count(self.tolerated_failure_count)),
            ("ToleratedFailurePercentage", percentage),
            ("Reader", self.reader.clone()),
            ("MaxItems", self.max_items.map(Json::from)),
            ("MaxItemsPerBatch", count(self.max_items_per_batch)),
            ("MaxInputBytesPerBatch", count(self.max_input_bytes_per_batch)),
            ("BatchInput", self.batch_input.clone()),
            ("Writer", writer),
        ];
        Json::object(members.into_iter().filter_map(|(name, value)| Some((name, value?))))
    }

    /// The plan that was remembered.
    pub fn from_json(json: &Json) -> Self {
        let whole = |name: &str| json.get(name).and_then(Json::as_number).and_then(Number::as_i64);
        let count = |name: &str| whole(name).and_then(|count| u32::try_from(count).ok());
        let text = |place: &Json, name: &str| place.get(name).and_then(Json::as_str).map(Arc::from);
        Self {
            max_concurrency: count("MaxConcurrency").unwrap_or(0),
            tolerated_failure_count: count("ToleratedFailureCount"),
            tolerated_failure_percentage: json
                .get("ToleratedFailurePercentage")
                .and_then(Json::as_number)
                .map(Number::as_f64),
            reader: json.get("Reader").cloned(),
            max_items: whole("MaxItems"),
            max_items_per_batch: count("MaxItemsPerBatch"),
            max_input_bytes_per_batch: count("MaxInputBytesPerBatch"),
            batch_input: json.get("BatchInput").cloned(),
            writer: json.get("Writer").and_then(|place| {
                let prefix = text(place, "Prefix").unwrap_or_else(|| Arc::from(""));
                Some(Place { bucket: text(place, "Bucket")?, prefix })
            }),
        }
    }

    /// Whether so many failed items are more than is tolerated; `total` is how many items there are, once that is known. With
    /// neither field none is.
    pub fn is_exceeded(&self, failed: u64, total: Option<u64>) -> bool {
        let (count, percentage) = (self.tolerated_failure_count, self.tolerated_failure_percentage);
        if count.is_none() && percentage.is_none() {
            return failed > 0;
        }
        let share = |percentage: f64, total: u64| float(failed) * 100.0 > percentage * float(total);
        count.is_some_and(|count| failed > u64::from(count))
            || percentage.zip(total).is_some_and(|(percentage, total)| share(percentage, total))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a Map Run has at most 100,000,000 items")]
fn float(count: u64) -> f64 {
    count as f64
}
