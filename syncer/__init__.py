"""syncer keeps a company's CRM current: Stripe, Mixpanel and Zendesk, computed per account, into fields of Salesforce and HubSpot.

The way of one value:

    connectors ──pages──▶ store (Parquet parts) ──▶ models (SQL) ──▶ facts ──▶ health, fields (YAML expressions) ──▶ cells
                                                                                                                     │
    CRM ──current values──▶ store (mirror) ─────────────────────────────────────────────────────────────────────▶ compare
                                                                                                                     │
                                                                          history ◀── what it accepted ◀── CRM ◀── plan, guard

Floors, lowest first; a module imports only from floors below its own or from its own (tests/test_floors.py):

    words       errors, money, time, ids, how a table is declared
    specs       reading settings, field specs, mappings, health models: a value and all problems, each with its place
    models      SQL by source and of churn, macros, the catalog of facts, DECISIONS.md
    core        expressions, MRR, churn, health, identity, cells, plan, report: pure, no clock, network, disk or environment
    tools       http, pace, store, engine, intake: touch the world, know no vendor
    connectors  one source each: declare tables, yield pages
    crm         one CRM each: describe, read, write; row by row
    runs        pull, snapshots, mirror, propose, apply, metrics, mrr, churn, history, why, against, explain: order effects, compute nothing
    cli         parse, call one run, print one value, return a code
    sandbox     local stand-ins of the five vendors; imports nothing else of syncer, so no misunderstanding is shared

Revenue: each amount is a fraction of minor units through all models and is rounded once, per customer and currency. The switches of the MRR
and churn policies are macros in the SQL (core/policy.py, core/churn_macros.py), so a sync, `syncer mrr` over files, `reconcile` under other
switches and months told by Stripe's dates all run the same models. Every sync keeps what each customer pays as the month's balance
(`history.mrr`); movements, rates and the monthly records of the CRM are computed from those.

A plan is a value (core/plan.py): the terminal, Markdown, HTML and JSON show one `View` of it. Its fingerprint rests on records, fields and
values alone; `apply` makes it again and writes nothing if that differs. What people decide about matching stands in mappings/matches.csv,
with the mapping, as the state is only a cache. SQL that takes long to compose is kept in the state under a hash of what it is made of.

The past: each run keeps what it knew of every account, a slice for each CRM and day, and its written files once under a digest
(`history.fact`, `history.definition`; runs/history.py). A day gone by is told by laying its slice out as `base` and judging it by the code
that judges today; why a value changes is told by comparing with the latest slice.
"""
