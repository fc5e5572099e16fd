//! Types: what goes in as JSON comes out as the same JSON.

use expect_test::{Expect, expect};

use super::shop::{BATCH, EXECUTE, Shop, TRANSACTION, keyed, request};

/// Sends `value` as a parameter of `type`, through a table, and expects it back.
#[track_caller]
fn check_round_trip(shop: &Shop, of_type: &str, value: &str, expect: &str) {
    shop.database.sql(&format!("DROP TABLE IF EXISTS kinds; CREATE TABLE kinds (v {of_type})"));
    let inserted =
        shop.statement("INSERT INTO kinds VALUES (:v) RETURNING v", &format!(r#"{{"v":{value}}}"#));
    assert_eq!(inserted, format!(r#"ok [{{"rows":[{{"v":{expect}}}],"updated":1}}]"#), "{of_type}");
    shop.database.sql("TRUNCATE baton_claim");
    let found = shop.statement("SELECT v FROM kinds", "{}");
    assert_eq!(found, format!(r#"ok [{{"rows":[{{"v":{expect}}}],"updated":0}}]"#), "{of_type}");
    shop.database.sql("TRUNCATE baton_claim");
}

#[test]
fn values_make_the_round_trip_exactly() {
    let shop = Shop::new();
    let same = [
        ("numeric", "12345678901234567890.123456789012345678900"),
        ("numeric(10,2)", "0.10"),
        ("numeric", "-0.000000000000000000000000000001"),
        ("numeric", r#""NaN""#),
        ("int2", "-32768"),
        ("int4", "2147483647"),
        ("int8", "-9223372036854775808"),
        ("int8", "9007199254740993"),
        ("float8", "0.1"),
        ("float8", "1.7976931348623157E308"),
        ("float8", r#""Infinity""#),
        ("float4", "0.1"),
        ("bool", "true"),
        ("text", r#""ä \" \\ \n \u0001 𝄞""#),
        ("text", r#""""#),
        ("varchar(3)", r#""abc""#),
        ("bytea", r#""AP8BgA==""#),
        ("bytea", r#""""#),
        ("uuid", r#""a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11""#),
        ("jsonb", r#"{"a":[1,null,{"b":12345678901234567890.10}],"c":"ä"}"#),
        ("json", r#"{"b":1,"a":[]}"#),
        ("jsonb", r#""a text""#),
        ("jsonb", "17.50"),
        ("jsonb", "false"),
        ("timestamptz", r#""2026-11-03T10:00:00.123456Z""#),
        ("timestamp", r#""2026-11-03T10:00:00.000001""#),
        ("timestamptz", r#""infinity""#),
        ("date", r#""2026-11-03""#),
        ("time", r#""23:59:59.999999""#),
        ("interval", r#""P1Y2M3DT4H5M6.789S""#),
        ("inet", r#""192.168.0.1/24""#),
        ("int4[]", "[1,null,3]"),
        ("int4[]", "[[1,2],[3,4]]"),
        ("int4[]", "[]"),
        ("text[]", r#"["a","b,c","d\"e\\","NULL","",null]"#),
        ("numeric[]", "[0.10,12345678901234567890.5]"),
        ("bool[]", "[true,false,null]"),
        ("bytea[]", r#"["AP8=",null]"#),
        ("jsonb[]", r#"[{"a":1},[2],"x"]"#),
        ("timestamptz[]", r#"["2026-11-03T10:00:00Z"]"#),
        ("uuid[]", r#"["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]"#),
        ("colour", r#""blue""#),
        ("colour[]", r#"["red","blue",null]"#),
        ("cents", "1234567890"),
        ("cents[]", "[1,2]"),
        ("int4range", r#""[1,5)""#),
        ("xml", r#""<a/>""#),
        ("bit(3)", r#""101""#),
    ];
    for (of_type, value) in same {
        check_round_trip(&shop, of_type, value, value);
    }
    for of_type in ["numeric", "text", "bytea", "jsonb", "timestamptz", "uuid", "int4[]", "colour", "cents"] {
        check_round_trip(&shop, of_type, "null", "null");
    }
    check_round_trip(&shop, "timestamptz", r#""2026-11-03T12:00:00+02:00""#, r#""2026-11-03T10:00:00Z""#);
    check_round_trip(&shop, "text", "12.50", r#""12.50""#);
    check_round_trip(&shop, "text", r#"{"a":[1]}"#, r#""{\"a\":[1]}""#);
    check_round_trip(&shop, "int4", r#""17""#, "17");
}

#[test]
fn what_does_not_fit_a_type_is_an_invalid_value_and_is_not_repeated() {
    let shop = Shop::new();
    shop.database.sql("CREATE TABLE kinds (i int, b bytea, t text, u uuid, v varchar(3))");
    let check = |column: &str, value: &str, expect: &Expect| {
        let parameters = format!(r#"{{"v":{value}}}"#);
        expect.assert_eq(&shop.statement(&format!("INSERT INTO kinds ({column}) VALUES (:v)"), &parameters));
    };
    check(
        "i",
        r#""geheim""#,
        &expect![[
            r#"SQL.InvalidValue {"message":"invalid input syntax for type integer: \"…\"","class":"InvalidValue","sqlstate":"22P02","database":"shop","statement":1}"#
        ]],
    );
    check(
        "i",
        "1.5",
        &expect![[
            r#"SQL.InvalidValue {"message":"invalid input syntax for type integer: \"…\"","class":"InvalidValue","sqlstate":"22P02","database":"shop","statement":1}"#
        ]],
    );
    check(
        "b",
        r#""?""#,
        &expect![[
            r#"SQL.InvalidValue {"message":"the parameter `:v` is not base64, which `bytea` is given in","class":"InvalidValue","sqlstate":"22000","database":"shop","statement":1}"#
        ]],
    );
    check(
        "t",
        r#""a\u0000b""#,
        &expect![[
            r#"SQL.InvalidValue {"message":"the parameter `:v` has a NUL character, which no text of PostgreSQL can hold","class":"InvalidValue","sqlstate":"22000","database":"shop","statement":1}"#
        ]],
    );
    check(
        "v",
        r#""abcd""#,
        &expect![[
            r#"SQL.InvalidValue {"message":"value too long for type character varying(3)","class":"InvalidValue","sqlstate":"22001","database":"shop","statement":1}"#
        ]],
    );
}

#[test]
fn the_data_api_names_the_types_as_aws_does() {
    let shop = Shop::new();
    let common = r#""ResourceArn":"arn:shop","SecretArn":"s""#;
    let check = |key: u8, arguments: &str, expect: &Expect| {
        let arguments = format!("{{{common},{arguments}}}");
        expect.assert_eq(&shop.run(keyed(request(EXECUTE, &arguments, 1), key)));
    };
    check(
        1,
        r#""Sql":"SELECT 1::int4, 2::int8, 1.50::numeric, 0.5::float8, true, 'a'::text, NULL::text, '\\x00ff'::bytea, '{\"a\": 1}'::jsonb, '2026-11-03 10:00:00.5+00'::timestamptz, '{1,2}'::int4[], '{}'::text[], '{{1},{2}}'::int8[]""#,
        &expect![[
            r#"ok {"NumberOfRecordsUpdated":0,"Records":[[{"LongValue":1},{"LongValue":2},{"StringValue":"1.50"},{"DoubleValue":0.5},{"BooleanValue":true},{"StringValue":"a"},{"IsNull":true},{"BlobValue":"AP8="},{"StringValue":"{\"a\":1}"},{"StringValue":"2026-11-03 10:00:00.5"},{"ArrayValue":{"LongValues":[1,2]}},{"ArrayValue":{"StringValues":[]}},{"ArrayValue":{"ArrayValues":[{"LongValues":[1]},{"LongValues":[2]}]}}]]}"#
        ]],
    );
    check(
        2,
        r#""Sql":"SELECT 1.50, 2.00, 1","ResultSetOptions":{"DecimalReturnType":"DOUBLE_OR_LONG","LongReturnType":"STRING"}"#,
        &expect![[
            r#"ok {"NumberOfRecordsUpdated":0,"Records":[[{"DoubleValue":1.5},{"LongValue":2},{"StringValue":"1"}]]}"#
        ]],
    );
    check(
        3,
        r#""Sql":"SELECT 1::int4 AS n, 1.5::numeric(10,2) AS d, '{a}'::text[] AS a","IncludeResultMetadata":true,"FormatRecordsAs":"JSON""#,
        &expect![[
            r#"ok {"ColumnMetadata":[{"ArrayBaseColumnType":0,"IsAutoIncrement":false,"IsCaseSensitive":false,"IsCurrency":false,"IsSigned":true,"Label":"n","Name":"n","Nullable":2,"Precision":10,"Scale":0,"SchemaName":"","TableName":"","Type":4,"TypeName":"int4"},{"ArrayBaseColumnType":0,"IsAutoIncrement":false,"IsCaseSensitive":false,"IsCurrency":false,"IsSigned":true,"Label":"d","Name":"d","Nullable":2,"Precision":10,"Scale":2,"SchemaName":"","TableName":"","Type":2,"TypeName":"numeric"},{"ArrayBaseColumnType":12,"IsAutoIncrement":false,"IsCaseSensitive":false,"IsCurrency":false,"IsSigned":false,"Label":"a","Name":"a","Nullable":2,"Precision":0,"Scale":0,"SchemaName":"","TableName":"","Type":2003,"TypeName":"_text"}],"FormattedRecords":"[{\"n\":1,\"d\":1.50,\"a\":[\"a\"]}]","NumberOfRecordsUpdated":0}"#
        ]],
    );
    check(
        4,
        r#""Sql":"SELECT :d + 0 AS d, :t AS t, :u AS u, :j -> 'a' AS j, :x AS x, :dd AS dd","Parameters":[
            {"Name":"d","Value":{"StringValue":"1.10"},"TypeHint":"DECIMAL"},{"Name":"t","Value":{"StringValue":"2026-11-03 10:00:00.123"},"TypeHint":"TIMESTAMP"},
            {"Name":"u","Value":{"StringValue":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},"TypeHint":"UUID"},{"Name":"j","Value":{"StringValue":"{\"a\":[1]}"},"TypeHint":"JSON"},
            {"Name":"x","Value":{"IsNull":true},"TypeHint":"DATE"},{"Name":"dd","Value":{"StringValue":"2026-11-03"},"TypeHint":"DATE"}]"#,
        &expect![[
            r#"ok {"NumberOfRecordsUpdated":0,"Records":[[{"StringValue":"1.10"},{"StringValue":"2026-11-03 10:00:00.123"},{"StringValue":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},{"StringValue":"[1]"},{"IsNull":true},{"StringValue":"2026-11-03"}]]}"#
        ]],
    );
    check(
        5,
        r#""Sql":"SELECT :l AS l, :b AS b, :f AS f, :o AS o","Parameters":[{"Name":"l","Value":{"LongValue":9007199254740993}},{"Name":"b","Value":{"BooleanValue":true}},
            {"Name":"f","Value":{"DoubleValue":0.25}},{"Name":"o","Value":{"BlobValue":"AP8="}}]"#,
        &expect![[
            r#"ok {"NumberOfRecordsUpdated":0,"Records":[[{"LongValue":9007199254740993},{"BooleanValue":true},{"DoubleValue":0.25},{"BlobValue":"AP8="}]]}"#
        ]],
    );
    check(
        6,
        r#""Sql":"SELECT '{1,NULL}'::int4[]""#,
        &expect![
            "RdsData.DatabaseErrorException ERROR: an array holds NULL or bytes, which the form of AWS has no place for; use `baton:sql:transaction`, or turn it into text; SQLState: 22000 (InvalidValue) (Service: RdsData, Status Code: 400)"
        ],
    );
}

#[test]
fn a_batch_runs_one_statement_for_each_set_or_none() {
    let shop = Shop::new();
    let batch = |key: u8, totals: &str| {
        let sets =
            totals.split(' ').map(|total| format!(r#"[{{"Name":"t","Value":{{"StringValue":"{total}"}}}}]"#));
        let arguments = format!(
            r#"{{"ResourceArn":"arn:shop","SecretArn":"s","Sql":"INSERT INTO orders (total) VALUES (:t)","ParameterSets":[{}]}}"#,
            sets.collect::<Vec<_>>().join(",")
        );
        shop.run(keyed(request(BATCH, &arguments, 1), key))
    };
    assert_eq!(
        batch(1, "1.5 2.5 3.5"),
        r#"ok {"UpdateResults":[{"GeneratedFields":[]},{"GeneratedFields":[]},{"GeneratedFields":[]}]}"#
    );
    assert_eq!(
        batch(1, "1.5 2.5 3.5"),
        r#"ok {"UpdateResults":[{"GeneratedFields":[]},{"GeneratedFields":[]},{"GeneratedFields":[]}]}"#
    );
    assert!(batch(2, "1 2 x").starts_with("RdsData.DatabaseErrorException "));
    assert_eq!(shop.database.sql("SELECT count(*), sum(total) FROM orders"), "3|7.5");
}

#[test]
fn statements_share_a_transaction_and_count_their_rows() {
    let shop = Shop::new();
    let outcome = shop.run(request(
        TRANSACTION,
        r#"{"Database":"shop","Isolation":"SERIALIZABLE","Statements":[
            {"Sql":"UPDATE stock SET n = n - :q WHERE sku = :sku AND n >= :q","Parameters":{"q":2,"sku":"pen"},"ExpectRows":1},
            {"Sql":"SELECT * FROM stock"},
            {"Sql":"INSERT INTO orders (total) VALUES (1), (2) RETURNING id"},
            {"Sql":"CREATE TABLE made (a int)"},
            {"Sql":"DO $$ BEGIN INSERT INTO made VALUES (1); END $$"},
            {"Sql":"SELECT current_setting('transaction_isolation') AS level"}]}"#,
        1,
    ));
    expect![[r#"ok [{"rows":[],"updated":1},{"rows":[{"sku":"pen","n":1}],"updated":0},{"rows":[{"id":1},{"id":2}],"updated":2},{"rows":[],"updated":0},{"rows":[],"updated":0},{"rows":[{"level":"serializable"}],"updated":0}]"#]].assert_eq(&outcome);
    assert_eq!(shop.database.count("made"), 1);
}
