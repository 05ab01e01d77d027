// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation.h"

#include "base/literals.h"
#include "explain/difference.h"
#include "explain/knowledge.h"
#include "explain/translation.h"

#include <QFile>
#include <QSet>
#include <QTest>
#include <QTranslator>
#include <QXmlStreamReader>

using namespace Mailgauge;
using namespace Qt::StringLiterals;
using Smtp::Stage;

namespace {

using Text = std::pair<QString, QString>; ///< The English, and what it is.

/// What a catalogue has in the context "Explain".
QSet<Text> textsOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QSet<Text> texts;
    QXmlStreamReader xml(&file);
    QString context;
    Text text;
    while (!xml.atEnd()) {
        if (xml.readNext() == QXmlStreamReader::EndElement && xml.name() == "message"_L1
            && context == "Explain"_L1)
            texts.insert(text);
        if (!xml.isStartElement())
            continue;
        if (xml.name() == "message"_L1)
            text = {};
        else if (xml.name() == "name"_L1)
            context = xml.readElementText();
        else if (xml.name() == "source"_L1)
            text.first = xml.readElementText();
        else if (xml.name() == "comment"_L1)
            text.second = xml.readElementText();
    }
    return texts;
}

const QList<const Explain::KnowledgeFile *> &files()
{
    const Explain::Knowledge &all = Explain::knowledge();
    static const QList list {&all.errors, &all.providers, &all.replies, &all.tls, &all.findings,
        &all.capabilities, &all.commands, &all.differences};
    return list;
}

Smtp::Reply unknownAtGoogle()
{
    return {.code = 550, .lines = {"5.1.1 100 %1 - gsmtp"}};
}

} // namespace

class TestTranslation final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { Explain::setTranslator(nullptr); }

    /// lupdate found in the extracted texts all that is asked of a catalogue.
    void everyTextIsExtracted()
    {
        const QSet<Text> catalogue = textsOf(QStringLiteral(MAILGAUGE_EXPLAIN_TS));
        const auto has = [&catalogue](const QString &text, const QByteArray &about) {
            return text.isEmpty() || catalogue.contains({text, QString::fromLatin1(about)});
        };
        for (const Explain::KnowledgeFile *file : files()) {
            for (const Explain::Entry &entry : file->entries) {
                QVERIFY2(has(entry.text, entry.id + ".text"), entry.id.constData());
                QVERIFY2(has(entry.cause, entry.id + ".cause"), entry.id.constData());
                QVERIFY2(has(entry.nextStep, entry.id + ".nextStep"), entry.id.constData());
                QVERIFY2(has(entry.who, "who"), entry.id.constData());
            }
            for (const auto &[word, text] : file->words.asKeyValueRange())
                QVERIFY2(has(text, "word." + word), word.constData());
        }
        QVERIFY(catalogue.size() > 1000);
    }

    void inTheUsersLanguage()
    {
        QTranslator german;
        QVERIFY(german.load(QStringLiteral(MAILGAUGE_EXPLAIN_QM)));
        QVERIFY(QCoreApplication::installTranslator(&german));
        // Until it is asked for, as on the command line, it is English.
        QCOMPARE(Explain::explain(unknownAtGoogle(), Stage::Rcpt).text,
            u"Google has no such mailbox (550 5.1.1 100 %1 - gsmtp)."_s);
        Gui::translateExplanations();
        const Explain::Explanation e = Explain::explain(unknownAtGoogle(), Stage::Rcpt);
        QCOMPARE(e.id, "reply.google.userUnknown"_ba);
        QCOMPARE(e.text, u"Google kennt dieses Postfach nicht (550 5.1.1 100 %1 - gsmtp)."_s);
        QCOMPARE(e.nextStep,
            u"Prüfe die Adresse; steht sie auf deiner Liste, nimm sie jetzt herunter."_s);
        // Once for wherever it stands, by a text without comment.
        QCOMPARE(e.who, u"du"_s);
        // What the catalogue lacks stays English.
        QVERIFY2(e.cause.startsWith(u"The part before the @"_s), qPrintable(e.cause));
        // Words that are filled in are translated, too.
        QCOMPARE(Explain::explain(Smtp::Reply {554, {"zzz"}}, Stage::Quit).text,
            u"Beim Beenden der Sitzung (QUIT) hat der Server endgültig abgelehnt (554 zzz)."_s);
        QCOMPARE(Explain::explainDifference("server.host", "host", "a.example", {}).text,
            u"Die Sitzungen hatten verschiedene Hosts: zuerst a.example, dann nichts."_s);
        QCoreApplication::removeTranslator(&german);
        QVERIFY(Explain::explain(unknownAtGoogle(), Stage::Rcpt).text.startsWith(u"Google has"_s));
    }

    void theWindowAsksItsCatalogues()
    {
        QTranslator own;
        Gui::installTranslations(own);
        // English has no other words for it.
        QVERIFY(Explain::explain(unknownAtGoogle(), Stage::Rcpt).text.startsWith(u"Google has"_s));
        QTranslator german;
        QVERIFY(german.load(QStringLiteral(MAILGAUGE_EXPLAIN_QM)));
        QVERIFY(QCoreApplication::installTranslator(&german));
        QVERIFY(
            Explain::explain(unknownAtGoogle(), Stage::Rcpt).text.startsWith(u"Google kennt"_s));
    }
};

QTEST_GUILESS_MAIN(TestTranslation)
#include "tst_translation.moc"
