CREATE TABLE plans (
    plan_id VARCHAR PRIMARY KEY,
    place VARCHAR NOT NULL,
    province VARCHAR,
    level VARCHAR CHECK (level IN ('national', 'provincial', 'prefecture', 'county')),
    title VARCHAR NOT NULL,
    issuer VARCHAR,
    document_number VARCHAR,
    issued DATE,
    horizon_start INTEGER,
    horizon_end INTEGER,
    status VARCHAR NOT NULL CHECK (status IN ('issued', 'draft', 'expired', 'unknown')),
    note VARCHAR,
    source_file VARCHAR NOT NULL,
    format VARCHAR NOT NULL CHECK (format IN ('txt', 'md', 'html', 'docx', 'pdf', 'xlsx')),
    sha256 VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    pages INTEGER[] NOT NULL
);
COMMENT ON TABLE plans IS 'One row a document, with the raw text that every offset in the database counts in.';
COMMENT ON COLUMN plans.plan_id IS 'Name of the document, unique; the first part of every indicator_id.';
COMMENT ON COLUMN plans.place IS 'Place that the plan governs, full name (日照市).';
COMMENT ON COLUMN plans.province IS 'Province that the place lies in; the place itself for a provincial plan.';
COMMENT ON COLUMN plans.level IS 'national, provincial, prefecture or county.';
COMMENT ON COLUMN plans.title IS 'Title as printed.';
COMMENT ON COLUMN plans.issuer IS 'Issuing body as printed.';
COMMENT ON COLUMN plans.document_number IS 'Document number as printed, such as 扬府发〔2023〕141号.';
COMMENT ON COLUMN plans.issued IS 'Date of issue.';
COMMENT ON COLUMN plans.horizon_start IS 'First year of the plan.';
COMMENT ON COLUMN plans.horizon_end IS 'Year by which its targets are due unless a clause says otherwise.';
COMMENT ON COLUMN plans.status IS 'issued, draft, expired or unknown.';
COMMENT ON COLUMN plans.note IS 'Remark about the copy at hand.';
COMMENT ON COLUMN plans.source_file IS 'File that was read, name without folder.';
COMMENT ON COLUMN plans.format IS 'txt, md, html, docx, pdf or xlsx.';
COMMENT ON COLUMN plans.sha256 IS 'Checksum of the file as read.';
COMMENT ON COLUMN plans.text IS 'Raw text; start and end everywhere are half-open offsets in code points of it.';
COMMENT ON COLUMN plans.pages IS 'Offset at which each page begins; empty where the format has no pages.';

CREATE TABLE indicators (
    indicator_id VARCHAR PRIMARY KEY,
    plan_id VARCHAR NOT NULL REFERENCES plans (plan_id),
    kind VARCHAR NOT NULL CHECK (kind IN ('target', 'baseline', 'incentive', 'commitment')),
    form VARCHAR CHECK (form IN ('relative', 'direction', 'rank', 'designation', 'universal')),
    indicator VARCHAR NOT NULL CHECK (length(indicator) > 0),
    comparator VARCHAR CHECK (comparator IN ('ge', 'gt', 'eq', 'le', 'lt', 'approx', 'range')),
    value DECIMAL(28, 8),
    value_max DECIMAL(28, 8),
    unit VARCHAR NOT NULL,
    flow VARCHAR NOT NULL CHECK (flow IN ('level', 'stock', 'new', 'annual', 'change', 'unspecified')),
    year INTEGER CHECK (year BETWEEN 1949 AND 2100),
    hedge BOOLEAN NOT NULL,
    domain VARCHAR NOT NULL CHECK (domain IN ('food', 'product', 'engineering', 'service', 'environment', 'standards', 'metrology',
                                              'inspection', 'certification', 'branding', 'ip', 'innovation', 'management', 'governance')),
    section VARCHAR NOT NULL,
    responsible VARCHAR,
    quote VARCHAR NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    value_text VARCHAR NOT NULL,
    value_start INTEGER NOT NULL,
    value_end INTEGER NOT NULL,
    rules VARCHAR[] NOT NULL,
    confidence DOUBLE NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    metric_id VARCHAR,
    align_how VARCHAR,
    align_note VARCHAR,
    CHECK ((kind = 'commitment') = (value IS NULL)),
    CHECK ((kind = 'commitment') = (form IS NOT NULL)),
    CHECK ((kind = 'commitment') = (comparator IS NULL)),
    CHECK ((value_max IS NOT NULL) = (comparator IS NOT NULL AND comparator = 'range')),
    CHECK (start <= value_start AND value_start <= value_end AND value_end <= "end")
);
COMMENT ON TABLE indicators IS 'One row a statement: a number with its own meaning, or a goal without one.';
COMMENT ON COLUMN indicators.indicator_id IS 'Deterministic: plan_id, offset of the value, ordinal among the statements that share that value.';
COMMENT ON COLUMN indicators.plan_id IS 'The plan that says so.';
COMMENT ON COLUMN indicators.kind IS 'target, baseline (a past or present fact), incentive (money promised), commitment (a goal without a number).';
COMMENT ON COLUMN indicators.form IS 'Of a commitment: relative (to a higher plan), direction, rank, designation, universal.';
COMMENT ON COLUMN indicators.indicator IS 'Full name as a noun phrase, elided words restored, in the script of the plan.';
COMMENT ON COLUMN indicators.comparator IS 'ge gt eq le lt approx range; null for a commitment.';
COMMENT ON COLUMN indicators.value IS 'The number in the base unit, exact (12万台 is 120000); lower bound of a range.';
COMMENT ON COLUMN indicators.value_max IS 'Upper bound of a range, else null.';
COMMENT ON COLUMN indicators.unit IS 'Base unit, simplified characters; empty for a bare index.';
COMMENT ON COLUMN indicators.flow IS 'level, stock, new (within the period), annual, change, unspecified.';
COMMENT ON COLUMN indicators.year IS 'Year by which the target is due, or the year observed.';
COMMENT ON COLUMN indicators.hedge IS 'True where 力争, 争取, 左右 or 预期 softens the statement.';
COMMENT ON COLUMN indicators.domain IS 'One of fourteen domains.';
COMMENT ON COLUMN indicators.section IS 'Heading path, joined by " > ".';
COMMENT ON COLUMN indicators.responsible IS 'Responsible units stated for the clause or its section.';
COMMENT ON COLUMN indicators.quote IS 'Verbatim slice of plans.text from start to end.';
COMMENT ON COLUMN indicators.start IS 'Offset of the quote in plans.text.';
COMMENT ON COLUMN indicators."end" IS 'End of the quote, half-open.';
COMMENT ON COLUMN indicators.value_text IS 'Verbatim number with unit and comparator; for a commitment the words that make it a goal.';
COMMENT ON COLUMN indicators.value_start IS 'Offset of value_text in plans.text.';
COMMENT ON COLUMN indicators.value_end IS 'End of value_text, half-open.';
COMMENT ON COLUMN indicators.rules IS 'Ids of the rules that fired.';
COMMENT ON COLUMN indicators.confidence IS 'Estimated probability that the statement is right, calibrated on the gold plans.';
COMMENT ON COLUMN indicators.metric_id IS 'Metric of the registry that the statement belongs to, or null.';
COMMENT ON COLUMN indicators.align_how IS 'Which facets matched, or why there is no metric.';
COMMENT ON COLUMN indicators.align_note IS 'What differs from the metric: method, scope, level, ... as facet=value pairs.';

CREATE TABLE numbers (
    plan_id VARCHAR NOT NULL REFERENCES plans (plan_id),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    class VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    PRIMARY KEY (plan_id, start)
);
COMMENT ON TABLE numbers IS 'The number audit: every digit run and numeral phrase of every plan, in exactly one class.';
COMMENT ON COLUMN numbers.plan_id IS 'The plan.';
COMMENT ON COLUMN numbers.start IS 'Offset of the number in plans.text.';
COMMENT ON COLUMN numbers."end" IS 'End of the number, half-open.';
COMMENT ON COLUMN numbers.text IS 'The number as printed.';
COMMENT ON COLUMN numbers.class IS 'indicator, year, date, document_number, list_number, name, footnote, phone, ...';
COMMENT ON COLUMN numbers.rule IS 'Rule that decided.';

CREATE TABLE sections (
    plan_id VARCHAR NOT NULL REFERENCES plans (plan_id),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    level INTEGER NOT NULL,
    title VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    PRIMARY KEY (plan_id, start, level)
);
COMMENT ON TABLE sections IS 'The heading tree of every plan.';
COMMENT ON COLUMN sections.plan_id IS 'The plan.';
COMMENT ON COLUMN sections.start IS 'Offset of the heading in plans.text.';
COMMENT ON COLUMN sections."end" IS 'End of the section, half-open.';
COMMENT ON COLUMN sections.level IS 'Depth in the tree, 1 is the highest.';
COMMENT ON COLUMN sections.title IS 'Heading as printed.';
COMMENT ON COLUMN sections.role IS 'background, targets, measures, safeguards, notes, consultation, footnotes or other.';

CREATE TABLE issues (
    plan_id VARCHAR NOT NULL,
    indicator_id VARCHAR,
    code VARCHAR NOT NULL,
    severity VARCHAR NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
    message VARCHAR NOT NULL
);
COMMENT ON TABLE issues IS 'What validation found and let pass.';
COMMENT ON COLUMN issues.plan_id IS 'The plan.';
COMMENT ON COLUMN issues.indicator_id IS 'The statement, where there is one.';
COMMENT ON COLUMN issues.code IS 'What was found.';
COMMENT ON COLUMN issues.severity IS 'error, warning or info.';
COMMENT ON COLUMN issues.message IS 'In a sentence.';

CREATE TABLE build (
    build_id VARCHAR PRIMARY KEY,
    rules_sha256 VARCHAR NOT NULL,
    plans INTEGER NOT NULL,
    indicators INTEGER NOT NULL,
    numbers INTEGER NOT NULL
);
COMMENT ON TABLE build IS 'One row: which inputs and rules this database was made from.';
COMMENT ON COLUMN build.build_id IS 'Checksum of all plan files, their manifest, the vocabulary and the code; the data version printed under every chart.';
COMMENT ON COLUMN build.rules_sha256 IS 'Checksum of vocabulary and code alone.';
COMMENT ON COLUMN build.plans IS 'Rows in plans.';
COMMENT ON COLUMN build.indicators IS 'Rows in indicators.';
COMMENT ON COLUMN build.numbers IS 'Rows in numbers.';
