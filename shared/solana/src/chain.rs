//! The chain: builds, simulates and signs a swap, sends it, and tells what the record says of it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use engine::{
    order::{Failure, FailureCode, OrderId, SignedTransaction},
    ports::{Chain, ChainStatus, EarlierSwap, Prepare, Unavailable, WalletOrders},
};
use jiff::Timestamp;
use serde_json::Value;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use tokio::time::{Instant, timeout_at};
use venues::{Fill, Side};

use crate::{
    doubts::Doubts,
    fees::Fees,
    funds::Funds,
    instructions::{SYSTEM_PROGRAM, associated_token, compute_budget, marker},
    market::{Market, view},
    pools::{PoolState, Role, SwapUser, TokenAccount},
    record::{self, Maker, Paid, ProgramCodes, Record},
    rpc::{self, Blockhash, Rpc, RpcError},
    transaction::{Message, Parsed, TransactionError},
    units::{self, Units},
    wallet::Signer,
};

/// The chain.
pub(crate) struct SolanaChain {
    pub(crate) rpc: Arc<Rpc>,
    pub(crate) record: Arc<Record>,
    pub(crate) market: Arc<Market>,
    pub(crate) fees: Arc<Fees>,
    /// Nobody, in a program that only settles.
    pub(crate) payer: Option<Payer>,
    /// Who keeps what was signed.
    pub(crate) orders: Arc<dyn WalletOrders>,
    pub(crate) codes: Vec<ProgramCodes>,
    pub(crate) units: Units,
    pub(crate) doubts: Doubts,
}

/// Who pays.
pub(crate) struct Payer {
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) funds: Funds,
}

/// When to look first: a transaction is not final before.
const FIRST_LOOK: Duration = Duration::from_millis(400);

/// How long a transaction may take to be made. A worker's lease of its order is longer, and leaves
/// time to store it.
const MAKING: Duration = Duration::from_millis(5_500);

/// Lamports that an account without data needs at the most; it was less than half, and falls.
const MOST_RENT: u64 = 2_000_000;

/// How much less than by the arithmetic a simulated swap may pay, in hundredths of a per cent:
/// somebody else's swap may come between. Beyond that the program does something else.
const TOLERANCE_BPS: u64 = 100;

/// What is about to be signed.
struct Draft<'a> {
    request: &'a Prepare<'a>,
    state: PoolState,
    user: SwapUser,
    side: Side,
    mint_out: Pubkey,
    /// The token program of the token bought.
    program_out: Pubkey,
    fill: Fill,
    /// Lamports that the order's marker holds.
    rent: u64,
}

impl SolanaChain {
    fn payer(&self) -> Result<&Payer, Failure> {
        let payer = self.payer.as_ref();
        payer.ok_or_else(|| later("this program has no wallet to sign with"))
    }

    /// The draft, once the orders before it have left enough.
    async fn draft_in_turn<'a>(&'a self, request: &'a Prepare<'a>) -> Result<Draft<'a>, Failure> {
        let rent = self.rpc.rent_exemption(0).await.map_err(unread)?;
        if rent > MOST_RENT {
            return Err(later(
                "a node asks for more than an order's marker can cost",
            ));
        }
        let (payer, begin) = (self.payer()?, Instant::now());
        loop {
            match self.draft(payer, request, rent).await {
                Err(failure)
                    if failure.code == FailureCode::FundsReserved
                        && payer.funds.wait(begin).await => {}
                drafted => return drafted,
            }
        }
    }

    /// Reserves what the order sells, then reads the pool and the wallet's accounts, in a slot that
    /// is not before the quote's.
    async fn draft<'a>(
        &'a self,
        payer: &Payer,
        request: &'a Prepare<'a>,
        rent: u64,
    ) -> Result<Draft<'a>, Failure> {
        let pool = request.route.pool.as_ref();
        let pool = pool.ok_or_else(|| later("the chosen pool is not known any more"))?;
        let address = pool.address.parse();
        let address = address.map_err(|_| never("the chosen pool has no address"))?;
        let listed = self.market.find(&address, Some(pool.slot)).await;
        let listed = listed.map_err(|error| later(error.to_string()))?;
        let swap = request.swap;
        let mint = |token| {
            let mint = self.market.mint_in(&listed, token);
            mint.ok_or_else(|| later("the chosen pool does not trade a token of that name"))
        };
        let (mint_in, mint_out) = (mint(&swap.token_in)?, mint(&swap.token_out)?);
        let wallet = payer.signer.address();
        let program = |mint: &Pubkey| {
            let program = listed.token_program(mint);
            program.ok_or_else(|| later("the chosen pool does not trade the pair"))
        };
        let (program_in, program_out) = (program(&mint_in)?, program(&mint_out)?);
        let user = SwapUser {
            wallet,
            token_in: associated_token::address(&wallet, &mint_in, &program_in),
            token_out: associated_token::address(&wallet, &mint_out, &program_out),
        };
        let turn = payer.funds.reserve(request, &mint_in, rent).await?;
        let marker_address = marker::address(&wallet, request.id);
        let more = [wallet, user.token_in, user.token_out, marker_address];
        let pools = [Arc::clone(&listed)];
        let look = self.market.look(&pools, &more, Some(pool.slot)).await;
        let look = look.map_err(unread)?;
        let state = look.pools.into_iter().next();
        let state = state.ok_or_else(|| later("the pool was not read"))?;
        let state = state.map_err(|error| later(error.to_string()))?;
        let [own, held_in, held_out, marker] = look.more.as_slice() else {
            return Err(later("the wallet's accounts were not read"));
        };
        if marker.is_some() {
            return Err(self.marked(request.id, &marker_address).await);
        }
        let held = |address, account: &Option<rpc::Account>, symbol: &str| {
            // Anybody can send lamports there before there is a token account.
            let is_one = |account: &&rpc::Account| {
                account.owner != SYSTEM_PROGRAM || !account.data.is_empty()
            };
            let Some(account) = account.as_ref().filter(is_one).map(view) else {
                return Ok(None);
            };
            let read = TokenAccount::read(Role::Wallet, address, Some(account));
            let read = read.map_err(|error| never(error.to_string()))?;
            match read.frozen {
                true => Err(never(format!(
                    "the wallet's {symbol} is frozen by its issuer"
                ))),
                false => Ok(Some(read.amount)),
            }
        };
        let symbol = &swap.token_in.symbol;
        let has = held(user.token_in, held_in, symbol)?.unwrap_or_default();
        let lamports = own.as_ref().map_or(0, |own| own.lamports);
        turn.suffices(has, lamports)?;
        held(user.token_out, held_out, &swap.token_out.symbol)?;
        let side = state.side(&mint_in);
        let side = side.ok_or_else(|| later("the chosen pool does not trade the pair"))?;
        let now = Timestamp::now().as_second();
        let fill = state.pool.fill(side, swap.amount_in.units(), now);
        let fill = fill.map_err(|refusal| later(refusal.to_string()))?;
        if fill.amount_out < request.min_out.units() {
            return Err(slipped());
        }
        Ok(Draft {
            request,
            state,
            user,
            side,
            mint_out,
            program_out,
            fill,
            rent,
        })
    }

    /// What becomes of an attempt whose order has a marker. A transaction of the order that has
    /// landed is found by the next one ([`Chain::landed`]), which neither signs nor ends before.
    async fn marked(&self, order: OrderId, marker: &Pubkey) -> Failure {
        match self.record.maker(marker, None).await {
            Ok(Maker::Stranger) => record::marker_of_a_stranger(),
            Ok(Maker::Nobody | Maker::Order(..)) | Err(_) => {
                tracing::error!(%order, "the order's marker exists, nothing is signed");
                later("a transaction of the order may have landed already")
            }
        }
    }

    /// Executes the draft without signing it, with a floor close to what it should pay: the order's
    /// own may leave room for a pool that is not what it is taken for. Answers the compute units
    /// that it takes.
    async fn rehearse(&self, draft: &Draft<'_>) -> Result<u32, Failure> {
        let due = draft.fill.amount_out;
        let margin = u128::from(due) * u128::from(TOLERANCE_BPS) / 10_000;
        let expected = due.saturating_sub(u64::try_from(margin).unwrap_or(u64::MAX));
        let floor = expected.max(draft.request.min_out.units());
        let instructions = draft.instructions(units::MOST, 0, floor);
        // The node takes a blockhash of its own.
        let message = Message::new(draft.user.wallet, &instructions, Hash::default());
        let message = message.map_err(unbuilt)?;
        let simulated = self.rpc.simulate(&message.unsigned(), &[]).await;
        let simulated = simulated.map_err(unread)?;
        if let Some(error) = &simulated.error {
            let program = |index: usize| Some(instructions.get(index)?.program_id);
            let failure = self.refused(error, program);
            let is_own_floor = floor == draft.request.min_out.units();
            if failure.code == FailureCode::SlippageExceeded && !is_own_floor {
                return Err(draft.pays_too_little());
            }
            return Err(failure);
        }
        let taken = simulated.units_consumed.unwrap_or(units::MOST.into());
        Ok(self.units.limit(draft.request.id, taken))
    }

    /// What a simulation's error means. An account that is there already, and was not a moment
    /// before, is the marker: the next attempt finds out whose it is.
    fn refused(&self, error: &Value, program: impl Fn(usize) -> Option<Pubkey>) -> Failure {
        tracing::debug!(%error, "the chain would undo the transaction");
        let failure = record::failure(error, program, &self.codes);
        if failure == record::marker_of_a_stranger() {
            return later("a transaction of the order may have landed already");
        }
        // What is about the transaction as a whole may be about this moment.
        if error.is_string() && failure.code == FailureCode::SwapFailed {
            return later("the chain would refuse the transaction");
        }
        failure
    }

    /// Makes and signs the transaction, each step of it while there is time.
    async fn make(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        let due = Instant::now() + MAKING;
        let draft = in_time(due, "the pool and the wallet", self.draft_in_turn(request)).await?;
        let limit = in_time(due, "the simulation", self.rehearse(&draft)).await?;
        let floor = request.min_out.units();
        let written = draft.instructions(limit, 0, floor);
        let written = Message::new(draft.user.wallet, &written, Hash::default());
        let written = written.map_err(unbuilt)?;
        let paid = self.rpc.prioritization_fees(written.writable());
        let paid = async { paid.await.map_err(unread) };
        let price = self.fees.price(in_time(due, "fees", paid).await?, limit);
        let instructions = draft.instructions(limit, price, floor);
        // Last, so that it lives for as long as it can.
        let may_sign = |blockhash: &Blockhash| self.record.may_sign_with(blockhash);
        let blockhash = self.rpc.blockhash_without_doubt(may_sign);
        let blockhash = async { blockhash.await.map_err(unread) };
        let blockhash = in_time(due, "a blockhash", blockhash).await?;
        let message = Message::new(draft.user.wallet, &instructions, blockhash.hash);
        let message = message.map_err(unbuilt)?;
        let signed = async {
            message
                .sign(self.payer()?.signer.as_ref())
                .await
                .map_err(unbuilt)
        };
        let signed = in_time(due, "the signature", signed).await?;
        Ok(SignedTransaction {
            signature: signed.signature,
            bytes: signed.bytes,
            last_valid_height: blockhash.last_valid_height,
            min_out: request.min_out,
        })
    }

    /// Of what was signed for an order, that which has made its marker. Each transaction says
    /// itself where that is, so it is found whoever signs now.
    async fn landed_of(&self, order: OrderId) -> Result<Option<EarlierSwap>, Unavailable> {
        let signed = self.orders.signed(order).await;
        let mut signed = signed.map_err(|error| Unavailable(error.to_string()))?;
        let mut markers = Vec::new();
        for swap in &signed {
            let parsed = Parsed::read(&swap.transaction.bytes).map_err(foreign)?;
            markers.extend(parsed.marker.filter(|marker| !markers.contains(marker)));
        }
        for marker in markers {
            let Maker::Order(landed, _) = self.record.maker_now(&marker).await? else {
                continue;
            };
            signed.retain(|swap| swap.transaction.signature == landed.signature);
            let unknown = || Unavailable(format!("{} was not stored", landed.signature));
            return signed.pop().map(Some).ok_or_else(unknown);
        }
        Ok(None)
    }

    /// Tells, once, why nothing is known of a transaction.
    fn tell(&self, transaction: &SignedTransaction, order: Option<OrderId>, doubt: &Unavailable) {
        if self.doubts.is_new(&transaction.signature, doubt) {
            let order = order.map(|order| order.to_string()).unwrap_or_default();
            tracing::warn!(
                order,
                signature = transaction.signature,
                %doubt,
                "nothing is known of a transaction, its order stays open"
            );
        }
    }
}

impl Draft<'_> {
    /// A pool that does not pay what it should may be another than it is taken for.
    fn pays_too_little(&self) -> Failure {
        let token = &self.request.swap.token_out;
        let due = token.units(self.fill.amount_out);
        tracing::warn!(
            pool = %self.state.keys.pool.address, %due,
            "a pool does not pay what it should, nothing was signed"
        );
        later(format!(
            "the chain would pay more than 1 % less than the {due} {} that are due",
            token.symbol
        ))
    }

    fn instructions(&self, limit: u32, price: u64, floor: u64) -> Vec<Instruction> {
        let (wallet, swap) = (&self.user.wallet, self.request.swap);
        vec![
            compute_budget::limit(limit),
            compute_budget::price(price),
            marker::create(wallet, self.request.id, self.rent),
            associated_token::create_if_absent(wallet, &self.mint_out, &self.program_out),
            self.state
                .swap_instruction(&self.user, self.side, swap.amount_in.units(), floor),
        ]
    }
}

#[async_trait]
impl Chain for SolanaChain {
    async fn prepare(&self, request: &Prepare<'_>) -> Result<SignedTransaction, Failure> {
        self.make(request).await
    }

    async fn landed(&self, order: OrderId) -> Result<Option<EarlierSwap>, Unavailable> {
        let landed = self.landed_of(order).await;
        match &landed {
            Ok(_) => self.doubts.settled(&order.to_string()),
            Err(doubt) if self.doubts.is_new(&order.to_string(), doubt) => {
                tracing::error!(
                    %order, %doubt,
                    "nobody can tell whether the order has landed, it is neither tried again nor ended"
                );
            }
            Err(_) => {}
        }
        landed
    }

    async fn send(&self, transaction: &SignedTransaction) -> Result<Duration, Unavailable> {
        self.rpc.send(&transaction.bytes).await?;
        Ok(FIRST_LOOK)
    }

    async fn finalized_height(&self) -> Result<u64, Unavailable> {
        let height = self.record.finalized_height().await;
        height.inspect_err(|doubt| {
            if self.doubts.is_new(NO_HEIGHT, doubt) {
                tracing::warn!(%doubt, "no transaction can be told to have expired");
            }
        })
    }

    async fn status(&self, transaction: &SignedTransaction) -> Result<ChainStatus, Unavailable> {
        let parsed = Parsed::read(&transaction.bytes).map_err(foreign)?;
        let no_token = || Unavailable("the transaction does not say what it buys".to_owned());
        let paid = Paid {
            owner: parsed.wallet,
            mint: parsed.bought.ok_or_else(no_token)?,
        };
        let marker = parsed.marker.as_ref();
        let status = self.record.status(&transaction.signature, &paid, marker);
        let status = status.await;
        match &status {
            Ok(ChainStatus::Landed { .. } | ChainStatus::Overtaken(_)) => {
                self.doubts.settled(&transaction.signature);
            }
            Ok(ChainStatus::Reverted(failure)) => {
                self.doubts.settled(&transaction.signature);
                if failure.code == FailureCode::SubmissionRefused
                    && let Some(order) = parsed.order
                {
                    self.units.fell_short(order);
                }
            }
            Ok(ChainStatus::Unknown | ChainStatus::InFlight { .. }) => {}
            Err(doubt) => self.tell(transaction, parsed.order, doubt),
        }
        status
    }
}

/// Stored bytes that are no transaction of ours tell nothing.
fn foreign(error: TransactionError) -> Unavailable {
    Unavailable(error.to_string())
}

/// In the place of a signature, for doubts about the height.
const NO_HEIGHT: &str = "height";

/// A step of making a transaction, while there is time for it.
async fn in_time<T>(
    due: Instant,
    asked: &'static str,
    step: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    timeout_at(due, step).await.unwrap_or_else(|_| {
        tracing::warn!(asked, "the nodes are too slow, nothing was signed");
        Err(later("the chain's nodes did not answer in time"))
    })
}

/// A failure that another attempt may mend.
fn later(reason: impl Into<String>) -> Failure {
    Failure::new(FailureCode::VenuesUnavailable, reason)
}

/// A failure that time cannot mend.
fn never(reason: impl Into<String>) -> Failure {
    Failure::new(FailureCode::SwapFailed, reason)
}

fn slipped() -> Failure {
    let reason = "the swap would have paid less than the order's minimum";
    Failure::new(FailureCode::SlippageExceeded, reason)
}

/// What a node says is for the log: clients get no word of it.
fn unread(error: RpcError) -> Failure {
    tracing::warn!(%error, "no node answers what is asked before a signature");
    later("the chain's nodes do not answer as they should")
}

/// A signer that does not answer, or answers with another signature, may do better later; what
/// cannot be built never can.
fn unbuilt(error: TransactionError) -> Failure {
    match error {
        TransactionError::Signer(_) => later(error.to_string()),
        TransactionError::WrongSignature(_) => {
            tracing::error!(%error, "what the signer answers is no signature");
            later(error.to_string())
        }
        error => never(error.to_string()),
    }
}
