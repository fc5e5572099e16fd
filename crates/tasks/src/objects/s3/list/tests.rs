//! Listings as services send them.

use super::{page_of, parse};

#[test]
fn keys_that_are_no_paths_are_listed_as_they_are() {
    let listing = parse(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><IsTruncated>true</IsTruncated>
        <NextContinuationToken>t+/=</NextContinuationToken>
        <Contents><Key>p/folder/</Key><LastModified>2026-11-03T08:00:00.123Z</LastModified><ETag>&quot;e&quot;</ETag><Size>0</Size></Contents>
        <CommonPrefixes><Prefix>p/a//</Prefix></CommonPrefixes>
        <Contents><Key>p/a//b &amp; &lt;c&gt; ü</Key><Size>9</Size><StorageClass>GLACIER</StorageClass></Contents>
        </ListBucketResult>"#
            .as_bytes(),
    )
    .expect("it is a listing");
    let page = page_of(listing, "p/");
    assert_eq!(
        asl::Json::array(page.contents).to_text(),
        r#"[{"ETag":"\"e\"","Key":"folder/","LastModified":"2026-11-03T08:00:00Z","Size":0},{"Key":"a//b & <c> ü","Size":9,"StorageClass":"GLACIER"}]"#
    );
    assert_eq!(page.prefixes, ["a//"]);
    assert_eq!(page.next.as_deref(), Some("t+/="));
}

#[test]
fn what_is_no_listing_is_refused() {
    for text in
        ["<html>", "<ListBucketResult><Contents><Size>x</Size></Contents></ListBucketResult>", "\u{0}"]
    {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
    assert!(parse(&[0xff]).is_err());
}

#[test]
fn the_last_page_leads_nowhere() {
    let listing = parse(
        b"<ListBucketResult><IsTruncated>false</IsTruncated><NextContinuationToken/></ListBucketResult>",
    );
    assert_eq!(page_of(listing.expect("a listing"), "").next, None);
}
