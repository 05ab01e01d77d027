// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "models/commandmodel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge;
using Models::CommandModel;

namespace {
QStringList titles(const CommandModel &model)
{
    QStringList list;
    for (int row = 0; row < model.rowCount(); ++row)
        list.append(model.index(row, 0).data().toString());
    return list;
}
} // namespace

class TestCommandModel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void offersWhatIsEnabled();
    void bestMatchFirst();
    void lastUsedFirst();
    void runsActionsAndExtras();
    void findsByGroup();
    void deletedActionsAreLeftOut();

private:
    std::unique_ptr<QObject> m_owner;
    std::unique_ptr<CommandModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
    QAction *m_send = nullptr;
    int m_relaysChosen = 0;
};

void TestCommandModel::init()
{
    m_tester.reset();
    m_owner = std::make_unique<QObject>();
    m_model = std::make_unique<CommandModel>();
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QList<QAction *> actions;
    QHash<QAction *, QString> groups;
    const auto add = [&](const QString &id, const QString &text) {
        auto *action = new QAction(text, m_owner.get());
        action->setObjectName(id);
        actions.append(action);
        groups.insert(action, u"Test"_s);
        return action;
    };
    m_send = add(u"send"_s, u"&Send"_s);
    add(u"reset"_s, u"Reset && &Layout"_s);
    add(u"undo"_s, u"&Undo"_s)->setEnabled(false);
    m_model->setActions(actions, groups);
    m_relaysChosen = 0;
    m_model->setExtras([this] {
        return QList<Models::Command> {{.id = u"relay.1"_s,
            .title = u"Sandbox"_s,
            .group = u"Relay"_s,
            .iconName = {},
            .run = [this] { ++m_relaysChosen; }}};
    });
}

void TestCommandModel::offersWhatIsEnabled()
{
    m_model->setFilter({});
    QCOMPARE(titles(*m_model), QStringList({u"Send"_s, u"Reset & Layout"_s, u"Sandbox"_s}));
}

void TestCommandModel::bestMatchFirst()
{
    m_model->setFilter(u"s"_s);
    QCOMPARE(titles(*m_model).first(), u"Send"_s);
    m_model->setFilter(u"rl"_s);
    QCOMPARE(titles(*m_model).first(), u"Reset & Layout"_s);
}

void TestCommandModel::lastUsedFirst()
{
    QSignalSpy recent(m_model.get(), &CommandModel::recentChanged);
    m_model->setFilter(u"Sandbox"_s);
    m_model->run(0);
    QCOMPARE(recent.size(), 1);
    m_model->setFilter({});
    QCOMPARE(titles(*m_model), QStringList({u"Sandbox"_s, u"Send"_s, u"Reset & Layout"_s}));
}

void TestCommandModel::runsActionsAndExtras()
{
    QSignalSpy sent(m_send, &QAction::triggered);
    m_model->setFilter(u"send"_s);
    m_model->run(0);
    QCOMPARE(sent.size(), 1);
    m_model->setFilter(u"sandbox"_s);
    m_model->run(0);
    QCOMPARE(m_relaysChosen, 1);
    m_model->run(7);
    m_model->run(-1);
    QCOMPARE(m_relaysChosen, 1);
}

void TestCommandModel::findsByGroup()
{
    m_model->setFilter(u"relay san"_s);
    QCOMPARE(titles(*m_model), QStringList({u"Sandbox"_s}));
}

void TestCommandModel::deletedActionsAreLeftOut()
{
    delete m_send;
    m_model->setFilter({});
    QCOMPARE(titles(*m_model), QStringList({u"Reset & Layout"_s, u"Sandbox"_s}));
}

QTEST_MAIN(TestCommandModel)
#include "tst_commandmodel.moc"
